// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which stream handles run inline.
#include "device/stream.h"

#include <cstdint>

namespace tenon::device {

Status Stream::from_handle(void* handle, Stream& out) noexcept {
  // cudaStreamLegacy is 1 and cudaStreamPerThread is 2 in the CUDA runtime.
  if (reinterpret_cast<uintptr_t>(handle) > 2) {
    return {Code::Unsupported,
            "the stream was made by no runtime that CPU engines know; pass null"};
  }
  out.handle_ = handle;
  return {};
}

}  // namespace tenon::device
