// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams and their handles.
#include "hostcuda/runtime/stream/stream.h"

#include "hostcuda/runtime/stream/scheduler.h"

namespace hostcuda {
namespace {

unsigned long long next_id() {
  static std::atomic<unsigned long long> count = 0;
  return ++count;
}

/// The calling thread's own default stream; its queued work outlives the thread.
struct ThreadStream {
  ~ThreadStream() {
    if (stream != nullptr) {
      streams().remove(stream->handle);
    }
  }
  std::shared_ptr<Stream> stream;
};

const std::shared_ptr<Stream>& own_stream() {
  thread_local ThreadStream own;
  if (own.stream == nullptr) {
    own.stream = make_stream(cudaStreamDefault, 0);
    own.stream->per_thread = true;
  }
  return own.stream;
}

}  // namespace

bool Ticket::reached() const {
  return stream == nullptr || stream->completed.load(std::memory_order_acquire) >= place;
}

void free_jobs(std::unique_ptr<Job> first) {
  while (first != nullptr) {
    first = std::move(first->next);
  }
}

Stream::Stream(unsigned int stream_flags, int stream_priority, bool is_legacy)
    : flags(stream_flags),
      legacy(is_legacy),
      blocking((stream_flags & cudaStreamNonBlocking) == 0),
      priority(stream_priority),
      id(next_id()) {}

Stream::~Stream() { free_jobs(std::move(first)); }

Registry<Stream>& streams() {
  static Registry<Stream>& registry = *new Registry<Stream>;
  return registry;
}

const std::shared_ptr<Stream>& legacy_stream() {
  static const std::shared_ptr<Stream>& stream = []() -> const std::shared_ptr<Stream>& {
    auto* const made =
        new std::shared_ptr<Stream>(std::make_shared<Stream>(cudaStreamDefault, 0, true));
    (*made)->handle = cudaStreamLegacy;
    return *made;
  }();
  return stream;
}

std::shared_ptr<Stream> find_stream(cudaStream_t handle) {
  if (handle == nullptr || handle == cudaStreamLegacy) {
    return legacy_stream();
  }
  if (handle == cudaStreamPerThread) {
    Stream* const running = current().stream;
    return running != nullptr && running->per_thread ? running->shared_from_this() : own_stream();
  }
  return streams().find(handle);
}

std::shared_ptr<Stream> make_stream(unsigned int flags, int priority) {
  auto stream = std::make_shared<Stream>(flags, priority, false);
  stream->handle = static_cast<cudaStream_t>(streams().add(stream));
  return stream;
}

}  // namespace hostcuda
