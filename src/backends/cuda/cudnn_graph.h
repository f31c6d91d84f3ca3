// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One convolution, and what follows it, as a graph of cuDNN's.
#pragma once

#include <optional>

#include "backends/cuda/cudnn.h"
#include "base/result.h"
#include "kernel/tensor_desc.h"
#include "ops/convolution.h"

namespace tenon::cuda {

/// What cuDNN is asked to compute beyond the convolution.
struct CudnnFusion {
  bool bias = false, residual = false;
  ops::Activation activation{ops::ActivationKind::None};
};

/// True of activations that cuDNN can be asked for.
bool cudnn_activates(const ops::Activation& activation);

/// An engine of cuDNN with its settings: what makes the same plan again.
struct CudnnChoice {
  int64_t engine = -1;
  std::vector<std::pair<int64_t, int64_t>> knobs;  ///< type and value
};

/// The graph for concrete extents, for the thread's current GPU. Tensors: x, weights, and where
/// fused bias and residual, y. Weights lie channels last when x does. Move-only.
class CudnnGraph {
 public:
  /// `descs`: of inputs x, weights, bias, residual (absent where there is none), and y.
  static Result<CudnnGraph> make(const ops::Convolution& op,
                                 std::span<const kernel::TensorDesc> inputs,
                                 const kernel::TensorDesc& output, const CudnnFusion& fusion);

  /// Equal for graphs whose plans serve each other.
  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  /// Engines that the library proposes, best first: deterministic ones, and for f32 without `tf32`
  /// those that keep its precision. Whether one can run, its plan tells.
  [[nodiscard]] std::vector<CudnnChoice> proposals(size_t most, bool tf32) const;
  /// A plan ready to run; not ok() when the engine cannot serve the graph.
  [[nodiscard]] CudnnDescriptor plan(const CudnnChoice& choice) const;

  static size_t workspace(const CudnnDescriptor& plan);

 private:
  CudnnGraph() = default;
  bool add_convolution(const ops::Convolution& op, int spatial);
  bool add_pointwise(int mode, const CudnnDescriptor& x, const CudnnDescriptor* b,
                     const CudnnDescriptor& y, const ops::Activation* activation);
  [[nodiscard]] std::vector<CudnnDescriptor> configurations(int mode) const;

  std::vector<CudnnDescriptor> tensors_, helpers_, operations_;
  CudnnDescriptor graph_;
  std::string key_;
};

/// Names of a graph's tensors in variant packs.
enum CudnnTensor : int64_t { kCudnnX = 1, kCudnnWeights, kCudnnBias, kCudnnResidual, kCudnnY };

}  // namespace tenon::cuda
