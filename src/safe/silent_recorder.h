// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A recorder for what happens when no user's is left.
#pragma once

#include "NvInferSafeRecorder.h"

namespace tenon::safe {

/// Keeps nothing but whether something was said. Thread-safe; lives for ever.
nvinfer2::safe::ISafeRecorder& silent_recorder() noexcept;

}  // namespace tenon::safe
