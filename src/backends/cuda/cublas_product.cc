// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cuBLASLt sees matrices column by column: a row-major product y = a b is asked for as y' = b' a'.
#include "backends/cuda/cublas_product.h"

#include <algorithm>
#include <utility>

namespace tenon::cuda {

namespace {

// Numbers of NVIDIA's public interface.
enum : int { kTypeF32 = 0, kTypeF64 = 1, kTypeF16 = 2, kTypeBf16 = 14 };
enum : int { kComputeF32 = 68, kComputeTf32 = 77, kComputeF64 = 70 };
enum : int {
  kOperationTransA = 3,
  kOperationTransB = 4,
  kOperationEpilogue = 7,
  kOperationBias = 8
};
enum : int { kLayoutBatches = 5, kLayoutBatchStride = 6 };
enum : int { kPreferenceWorkspace = 1, kPreferenceAlignmentA = 5, kPreferenceAlignmentD = 8 };
enum : uint32_t { kEpilogueRelu = 2, kEpilogueBias = 4, kEpilogueGelu = 32, kEpilogueNone = 1 };

constexpr Status kRefused{Code::Device, "cuBLASLt refuses the description of a product"};

int cublas_type(DType type) {
  switch (type) {
    case DType::F16:
      return kTypeF16;
    case DType::BF16:
      return kTypeBf16;
    case DType::F64:
      return kTypeF64;
    default:
      return kTypeF32;
  }
}

/// A row-major operand of `rows` by `columns` as it lies in memory, and whether that is turned
/// over.
struct Operand {
  int64_t lines, length, step;  ///< lines of `length` neighbours, `step` elements apart
  bool turned;

  Operand(int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride)
      : turned(column_stride != 1 && columns != 1) {
    lines = turned ? columns : rows;
    length = turned ? rows : columns;
    step = std::max(turned ? column_stride : row_stride, length);
  }
};

}  // namespace

std::optional<CublasBias> cublas_bias(const Product& product) {
  if (!product.biased) return CublasBias::None;
  const auto& strides = product.batch.strides[2];
  const bool one = std::all_of(strides.begin(), strides.end(), [](int64_t s) { return s == 0; });
  if (one && product.bias_row == 0 && (product.bias_column == 1 || product.columns == 1)) {
    return CublasBias::Vector;
  }
  const bool columns = product.bias_column == 1 || product.columns == 1;
  const bool rows = product.bias_row == product.columns || product.rows == 1;
  if (columns && rows && strides == product.batch.strides[3]) return CublasBias::Matrix;
  return std::nullopt;
}

bool cublas_activates(const ops::Activation& activation) {
  return activation.kind == ops::ActivationKind::None ||
         activation.kind == ops::ActivationKind::Relu ||
         activation.kind == ops::ActivationKind::GeluTanh;
}

std::string refuse_cublas(const Product& product) {
  if (product.rows == 0 || product.columns == 0 || product.depth == 0) return "a matrix is empty";
  if (product.batch.rank() > 1) return "its stacks of matrices have gaps";
  return {};
}

Result<CublasProduct> CublasProduct::make(const Product& product, const CublasWork& work) {
  CublasProduct made;
  made.handle_ = cublas_handle();
  if (made.handle_ == nullptr) return Status{Code::NotFound, "cuBLASLt is not there"};
  TENON_TRY(made.describe(product, work));
  return made;
}

Status CublasProduct::describe(const Product& product, const CublasWork& work) {
  const CublasLt& lt = *cublas_lt();
  doubles_ = work.dtype == DType::F64;
  vector_bias_ = work.bias == CublasBias::Vector;
  matrix_bias_ = work.bias == CublasBias::Matrix;
  const int compute = doubles_ ? kComputeF64 : work.tf32 ? kComputeTf32 : kComputeF32;
  const Operand left(product.rows, product.depth, product.a_row, product.a_column);
  const Operand right(product.depth, product.columns, product.b_row, product.b_column);
  const int32_t turn_first = right.turned ? 1 : 0, turn_second = left.turned ? 1 : 0;
  uint32_t epilogue = vector_bias_ ? uint32_t{kEpilogueBias} : 0;
  if (work.activation.kind == ops::ActivationKind::Relu) epilogue |= kEpilogueRelu;
  if (work.activation.kind == ops::ActivationKind::GeluTanh) epilogue |= kEpilogueGelu;
  if (epilogue == 0) epilogue = kEpilogueNone;
  if (lt.operation_create(&operation_, compute, doubles_ ? kTypeF64 : kTypeF32) != 0 ||
      lt.operation_set(operation_, kOperationTransA, &turn_first, sizeof turn_first) != 0 ||
      lt.operation_set(operation_, kOperationTransB, &turn_second, sizeof turn_second) != 0 ||
      lt.operation_set(operation_, kOperationEpilogue, &epilogue, sizeof epilogue) != 0) {
    return kRefused;
  }
  const auto layout = [&](void*& made, int64_t lines, int64_t length, int64_t step,
                          size_t operand) {
    if (lt.layout_create(&made, cublas_type(work.dtype), static_cast<uint64_t>(length),
                         static_cast<uint64_t>(lines), step) != 0) {
      return false;
    }
    if (product.batch.rank() == 0) return true;
    const auto batches = static_cast<int32_t>(product.batch.extents[0]);
    const int64_t stride = product.batch.strides[operand][0];
    return lt.layout_set(made, kLayoutBatches, &batches, sizeof batches) == 0 &&
           lt.layout_set(made, kLayoutBatchStride, &stride, sizeof stride) == 0;
  };
  const bool made =
      layout(a_, right.lines, right.length, right.step, 1) &&
      layout(b_, left.lines, left.length, left.step, 0) &&
      layout(c_, product.rows, product.columns, product.columns, matrix_bias_ ? 2 : 3) &&
      layout(d_, product.rows, product.columns, product.columns, 3);
  return made ? Status{} : kRefused;
}

CublasProduct& CublasProduct::operator=(CublasProduct&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(operation_, other.operation_);
  std::swap(a_, other.a_);
  std::swap(b_, other.b_);
  std::swap(c_, other.c_);
  std::swap(d_, other.d_);
  std::swap(vector_bias_, other.vector_bias_);
  std::swap(matrix_bias_, other.matrix_bias_);
  std::swap(doubles_, other.doubles_);
  return *this;
}

CublasProduct::~CublasProduct() {
  const CublasLt* lt = cublas_lt();
  if (lt == nullptr) return;
  for (void* layout : {a_, b_, c_, d_}) {
    if (layout != nullptr) (void)lt->layout_destroy(layout);
  }
  if (operation_ != nullptr) (void)lt->operation_destroy(operation_);
}

std::vector<CublasFound> CublasProduct::heuristics(int most, size_t workspace) const {
  const CublasLt& lt = *cublas_lt();
  std::vector<CublasFound> found(static_cast<size_t>(most));
  void* preference = nullptr;
  int count = 0;
  bool asked =
      lt.preference_create(&preference) == 0 &&
      lt.preference_set(preference, kPreferenceWorkspace, &workspace, sizeof workspace) == 0;
  const uint32_t alignment = 16;  // of what callers bind
  for (int which = kPreferenceAlignmentA; which <= kPreferenceAlignmentD; ++which) {
    asked = asked && lt.preference_set(preference, which, &alignment, sizeof alignment) == 0;
  }
  asked = asked && lt.heuristic(handle_, operation_, a_, b_, c_, d_, preference, most, found.data(),
                                &count) == 0;
  if (preference != nullptr) (void)lt.preference_destroy(preference);
  found.resize(asked ? static_cast<size_t>(count) : 0);
  std::erase_if(found, [](const CublasFound& one) { return one.state != 0; });
  return found;
}

bool CublasProduct::takes(const CublasAlgorithm& algorithm, size_t& workspace) const {
  CublasFound found{};
  const bool takes =
      cublas_lt()->check(handle_, operation_, a_, b_, c_, d_, &algorithm, &found) == 0;
  workspace = found.workspace;
  return takes;
}

int CublasProduct::run(const CublasAlgorithm& algorithm, const void* a, const void* b,
                       const void* bias, void* y, void* workspace, size_t workspace_bytes,
                       void* stream) noexcept {
  const CublasLt& lt = *cublas_lt();
  if (vector_bias_) {
    const int code = lt.operation_set(operation_, kOperationBias, &bias, sizeof bias);
    if (code != 0) return code;
  }
  const double one = 1, zero = 0;
  const float one_f = 1, zero_f = 0;
  const void* alpha = doubles_ ? static_cast<const void*>(&one) : &one_f;
  const void* nothing = doubles_ ? static_cast<const void*>(&zero) : &zero_f;
  return lt.matmul(handle_, operation_, alpha, b, a_, a, b_, matrix_bias_ ? alpha : nothing,
                   matrix_bias_ ? bias : y, c_, y, d_, &algorithm, workspace, workspace_bytes,
                   stream);
}

}  // namespace tenon::cuda
