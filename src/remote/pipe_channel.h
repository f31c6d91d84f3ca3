// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A channel over two file descriptors: a worker's standard input and output, and tests.
#pragma once

#include "remote/channel.h"

namespace tenon::remote {

/// Owns both descriptors. A write to a closed end fails and raises no signal that kills: whoever
/// makes one ignores SIGPIPE.
class PipeChannel final : public Channel {
 public:
  PipeChannel(int in, int out) noexcept : in_(in), out_(out) {}
  PipeChannel(const PipeChannel&) = delete;
  PipeChannel& operator=(const PipeChannel&) = delete;
  ~PipeChannel() override;
  Result<size_t> read(std::span<std::byte> into, int timeout_ms) override;
  Status write(std::span<const std::byte> bytes) override;

 private:
  int in_, out_;
};

}  // namespace tenon::remote
