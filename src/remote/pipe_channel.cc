// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// poll, read and write.
#include "remote/pipe_channel.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace tenon::remote {

PipeChannel::~PipeChannel() {
  ::close(in_);
  if (out_ != in_) ::close(out_);
}

Result<size_t> PipeChannel::read(std::span<std::byte> into, int timeout_ms) {
  while (true) {
    pollfd waiting{in_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready == 0) return kSilent;
    const ssize_t count = ready < 0 ? -1 : ::read(in_, into.data(), into.size());
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return Status{Code::Io, "the pipe broke"};
  }
}

Status PipeChannel::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(out_, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return {Code::Io, "the pipe is closed"};
    if (count > 0) bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

}  // namespace tenon::remote
