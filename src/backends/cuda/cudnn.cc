// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding cuDNN; descriptors.
#include "backends/cuda/cudnn.h"

#include <map>
#include <optional>

#include "backends/cuda/library.h"
#include "device/gpu.h"

namespace tenon::cuda {

namespace {

std::optional<Cudnn> open_cudnn() {
  void* library = device::open_cuda_library(device::kCudnnNames);
  if (library == nullptr) return std::nullopt;
  Cudnn calls{};
  const bool all = find_call(library, "cudnnGetVersion", calls.version) &&
                   find_call(library, "cudnnGetLastErrorString", calls.last_error) &&
                   find_call(library, "cudnnCreate", calls.create) &&
                   find_call(library, "cudnnSetStream", calls.set_stream) &&
                   find_call(library, "cudnnBackendCreateDescriptor", calls.make) &&
                   find_call(library, "cudnnBackendDestroyDescriptor", calls.destroy) &&
                   find_call(library, "cudnnBackendSetAttribute", calls.set) &&
                   find_call(library, "cudnnBackendGetAttribute", calls.get) &&
                   find_call(library, "cudnnBackendFinalize", calls.finalize) &&
                   find_call(library, "cudnnBackendExecute", calls.execute);
  if (!all) return std::nullopt;
  return calls;
}

}  // namespace

const Cudnn* cudnn() noexcept {
  static const std::optional<Cudnn> calls = open_cudnn();
  return calls ? &*calls : nullptr;
}

void* cudnn_handle() noexcept {
  // One a thread, since a handle has one stream. Kept: the library may be gone before a thread is.
  thread_local std::map<const device::Gpu*, void*> handles;
  const device::Gpu* gpu = device::Gpu::current();
  if (gpu == nullptr || cudnn() == nullptr) return nullptr;
  void*& handle = handles[gpu];
  if (handle == nullptr && cudnn()->create(&handle) != 0) handle = nullptr;
  return handle;
}

std::string cudnn_words() {
  if (cudnn() == nullptr) return "it is not installed";
  char text[512] = {};
  cudnn()->last_error(text, sizeof text);
  return text;
}

CudnnDescriptor::CudnnDescriptor(int kind) { ok_ = cudnn()->make(kind, &descriptor_) == 0; }

CudnnDescriptor::~CudnnDescriptor() {
  if (descriptor_ != nullptr) (void)cudnn()->destroy(descriptor_);
}

CudnnDescriptor& CudnnDescriptor::set_raw(int attribute, int type, int64_t count,
                                          const void* values) {
  ok_ = ok_ && cudnn()->set(descriptor_, attribute, type, count, values) == 0;
  return *this;
}

CudnnDescriptor& CudnnDescriptor::set(int attribute, const CudnnDescriptor& other) {
  ok_ = ok_ && other.ok();
  void* descriptor = other.get();
  return set_raw(attribute, cudnn_type::kDescriptor, 1, &descriptor);
}

CudnnDescriptor& CudnnDescriptor::finalize() {
  ok_ = ok_ && cudnn()->finalize(descriptor_) == 0;
  return *this;
}

int64_t CudnnDescriptor::get_raw(int attribute, int type, int64_t most, void* values) const {
  int64_t count = 0;
  const bool there = ok_ && cudnn()->get(descriptor_, attribute, type, most, &count, values) == 0;
  return there ? count : 0;
}

int64_t CudnnDescriptor::number(int attribute) const {
  int64_t value = 0;
  return get_raw(attribute, cudnn_type::kInt64, 1, &value) == 1 ? value : -1;
}

}  // namespace tenon::cuda
