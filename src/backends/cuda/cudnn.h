// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cuDNN 9's graph interface, opened when a build or an engine first needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tenon::cuda {

/// Calls of cuDNN; all but the first two answer a cudnnStatus_t, 0 being success. Names and
/// parameters are those of NVIDIA's public interface.
struct Cudnn {
  size_t (*version)();
  void (*last_error)(char* text, size_t size);
  int (*create)(void** handle);
  int (*set_stream)(void* handle, void* stream);
  int (*make)(int kind, void** descriptor);
  int (*destroy)(void* descriptor);
  int (*set)(void* descriptor, int attribute, int type, int64_t count, const void* values);
  int (*get)(void* descriptor, int attribute, int type, int64_t most, int64_t* count, void* values);
  int (*finalize)(void* descriptor);
  int (*execute)(void* handle, void* plan, void* pack);
};

/// The library, or null where it is not installed. Looked for once a process. Any thread.
const Cudnn* cudnn() noexcept;
/// The calling thread's handle for its current GPU; null when there is none. Kept.
void* cudnn_handle() noexcept;
/// What the library said last, for messages.
std::string cudnn_words();

// Numbers of NVIDIA's public interface, as far as they are used here.
namespace cudnn_kind {
enum : int {
  kPointwise = 0,
  kConvolution = 1,
  kEngine = 2,
  kEngineConfig = 3,
  kHeuristics = 4,
  kPlan = 5,
  kKnobChoice = 7,
  kConvolutionOperation = 10,
  kPointwiseOperation = 13,
  kGraph = 15,
  kPack = 16,
  kTensor = 17
};
}  // namespace cudnn_kind
namespace cudnn_type {
enum : int {
  kHandle = 0,
  kDataType = 1,
  kBoolean = 2,
  kInt64 = 3,
  kFloat = 4,
  kDouble = 5,
  kPointer = 6,
  kConvolutionMode = 7,
  kHeuristicMode = 8,
  kKnobType = 9,
  kNumericalNote = 11,
  kPointwiseMode = 14,
  kDescriptor = 15
};
}  // namespace cudnn_type

/// A descriptor. Calls after one that failed do nothing; ok() tells. Move-only.
class CudnnDescriptor {
 public:
  CudnnDescriptor() = default;
  explicit CudnnDescriptor(int kind);
  CudnnDescriptor(CudnnDescriptor&& other) noexcept { *this = std::move(other); }
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(ok_, other.ok_);
    return *this;
  }
  ~CudnnDescriptor();

  template <class T>
  CudnnDescriptor& set(int attribute, int type, std::span<const T> values) {
    return set_raw(attribute, type, static_cast<int64_t>(values.size()), values.data());
  }
  template <class T>
  CudnnDescriptor& set(int attribute, int type, T value) {
    return set_raw(attribute, type, 1, &value);
  }
  CudnnDescriptor& set(int attribute, const CudnnDescriptor& other);
  CudnnDescriptor& finalize();

  /// Up to values.size() of them; how many there were.
  template <class T>
  int64_t get(int attribute, int type, std::span<T> values) const {
    return get_raw(attribute, type, static_cast<int64_t>(values.size()), values.data());
  }
  [[nodiscard]] int64_t number(int attribute) const;

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] void* get() const noexcept { return descriptor_; }

 private:
  CudnnDescriptor& set_raw(int attribute, int type, int64_t count, const void* values);
  int64_t get_raw(int attribute, int type, int64_t most, void* values) const;

  void* descriptor_ = nullptr;
  bool ok_ = false;
};

}  // namespace tenon::cuda
