// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams, seen from an engine.
#include "device/stream.h"

#include <cstdint>

#include "device/hostcuda.h"

namespace tenon::device {
namespace {

// hostcudaStreamStatus.
constexpr int kUnknown = 0;
constexpr int kReady = 1;
constexpr int kCapturing = 3;

/// cudaStreamLegacy is 1 and cudaStreamPerThread is 2.
bool is_default(void* handle) noexcept { return reinterpret_cast<uintptr_t>(handle) <= 2; }

}  // namespace

Status Stream::from_handle(void* handle, Stream& out) noexcept {
  const HostCuda* runtime = find_hostcuda();
  const bool known = runtime != nullptr && runtime->stream_state(handle) != kUnknown;
  if (!known && !is_default(handle)) {
    return {Code::Unsupported,
            runtime != nullptr
                ? "the stream is none of the CUDA runtime on the CPU: it was destroyed, or made by "
                  "another runtime; pass a live stream of that runtime, or null"
                : "the stream was made by no runtime that CPU engines know; pass null, or link the "
                  "program with the CUDA runtime on the CPU (libcudart.so in lib/hostcuda)"};
  }
  out.handle_ = handle;
  out.runtime_ = runtime;
  return {};
}

Stream::State Stream::state() const noexcept {
  if (gpu_ != nullptr) return gpu_->is_capturing(handle_) ? State::Capturing : State::Ready;
  if (runtime_ == nullptr) return State::Ready;
  const int state = runtime_->stream_state(handle_);
  if (state == kReady || state == kUnknown) return State::Ready;
  return state == kCapturing ? State::Capturing : State::Busy;
}

Status Stream::wait() const noexcept {
  if (gpu_ != nullptr) return to_status(gpu_->synchronize(handle_));
  if (runtime_ == nullptr || runtime_->stream_state(handle_) == kReady) return {};
  // A task waits for whatever the stream waits for by itself; a bare synchronise would not.
  const int launched = runtime_->launch_task(
      handle_, [](void*, void*) { return 0; }, nullptr, nullptr);
  return to_status(launched != 0 ? launched : runtime_->stream_synchronize(handle_));
}

Status Stream::launch(Task task, void* data, void (*release)(void*)) const noexcept {
  return to_status(runtime_->launch_task(handle_, task, data, release));
}

Status Stream::record(void* event) const noexcept {
  if (gpu_ != nullptr) return to_status(gpu_->record(event, handle_));
  if (runtime_ == nullptr) return {Code::Unsupported, "there is no CUDA runtime on the CPU here"};
  return to_status(runtime_->event_record(event, handle_));
}

Status Stream::to_status(int code) const noexcept {
  if (code == 0) return {};
  return {Code::Device, gpu_ != nullptr ? gpu_->words(code) : runtime_->error_string(code)};
}

OurMemoryScope::OurMemoryScope(const Stream& stream) noexcept : runtime_(stream.runtime_) {
  if (runtime_ != nullptr) runtime_->trust_pointers(1);
}

OurMemoryScope::~OurMemoryScope() {
  if (runtime_ != nullptr) runtime_->trust_pointers(0);
}

}  // namespace tenon::device
