// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One product as cuBLASLt describes it.
#pragma once

#include <optional>
#include <vector>

#include "backends/cuda/cublas.h"
#include "backends/cuda/product.h"
#include "base/result.h"

namespace tenon::cuda {

/// How a bias is added and what follows, as far as cuBLASLt can do it.
enum class CublasBias : uint8_t {
  None,
  Vector,  ///< one number a column
  Matrix   ///< one number an output
};

/// What of a product cuBLASLt is asked for.
struct CublasWork {
  DType dtype = DType::F32;
  bool tf32 = false;
  CublasBias bias = CublasBias::None;
  ops::Activation activation{ops::ActivationKind::None};  ///< None, Relu, or GeluTanh
};

/// What cuBLASLt can add by itself; nullopt for a bias of another shape.
std::optional<CublasBias> cublas_bias(const Product& product);
/// True of activations that it can apply.
bool cublas_activates(const ops::Activation& activation);
/// Empty when it can compute the product itself, else why not, as the end of a sentence.
std::string refuse_cublas(const Product& product);

/// Descriptors of one product, for the thread's current GPU. Move-only.
class CublasProduct {
 public:
  static Result<CublasProduct> make(const Product& product, const CublasWork& work);
  CublasProduct(CublasProduct&& other) noexcept { *this = std::move(other); }
  CublasProduct& operator=(CublasProduct&& other) noexcept;
  ~CublasProduct();

  /// What the library proposes, best first, with at most `workspace` bytes of scratch memory.
  [[nodiscard]] std::vector<CublasFound> heuristics(int most, size_t workspace) const;
  /// False when the algorithm cannot do this product; else the scratch memory it takes.
  [[nodiscard]] bool takes(const CublasAlgorithm& algorithm, size_t& workspace) const;
  /// Addresses of the GPU. `bias` may be null without one. `stream` as the driver's. 0 or the
  /// library's code.
  int run(const CublasAlgorithm& algorithm, const void* a, const void* b, const void* bias, void* y,
          void* workspace, size_t workspace_bytes, void* stream) noexcept;

 private:
  CublasProduct() = default;
  Status describe(const Product& product, const CublasWork& work);

  void *handle_ = nullptr, *operation_ = nullptr, *a_ = nullptr, *b_ = nullptr, *c_ = nullptr,
       *d_ = nullptr;
  bool vector_bias_ = false, matrix_bias_ = false, doubles_ = false;
};

}  // namespace tenon::cuda
