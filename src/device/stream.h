// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The stream a run is asked to go on.
#pragma once

#include "base/status.h"

namespace tenon::device {

/// A caller's stream handle on a CPU engine. Null and the two default handles of the CUDA runtime
/// (1, 2) run inline on the caller's thread. Handles are told apart by value, never dereferenced.
class Stream {
 public:
  Stream() = default;
  /// Fails with Unsupported for a handle that no stream provider has registered.
  static Status from_handle(void* handle, Stream& out) noexcept;
  /// What the caller gave, to be handed on to plugins unchanged.
  [[nodiscard]] void* handle() const noexcept { return handle_; }

 private:
  void* handle_ = nullptr;
};

}  // namespace tenon::device
