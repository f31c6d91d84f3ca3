// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bytes to and from another process, wherever it runs.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"

namespace tenon::remote {

/// A stream in both directions. One thread at a time reads, one writes.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Reads what is there, at least a byte; 0 when the other side has closed. Fails with Io when the
  /// connection is lost, or `kSilent` when nothing came within `timeout_ms` (negative: for ever).
  virtual Result<size_t> read(std::span<std::byte> into, int timeout_ms) = 0;
  /// Writes all. Fails with Io.
  virtual Status write(std::span<const std::byte> bytes) = 0;
  /// What the other side has told beside the stream (its standard error) since this was last asked.
  virtual std::string take_remarks() { return {}; }
  /// What the other process ended with; -1 where that is not known.
  virtual int exit_status() { return -1; }
};

inline constexpr Status kSilent{Code::Io, "nothing was heard in time"};

}  // namespace tenon::remote
