// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The activation behind a sum: clamps are done in registers, the rest in a pass of its own.
#pragma once

#include <cstdint>
#include <limits>

#include "backends/simd/run/level.h"
#include "ops/activation.h"

namespace tenon::simd {

struct Epilogue {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  bool separate = false;  ///< the activation is none of the clamps: apply it to what was stored

  explicit Epilogue(const ops::Activation& activation) noexcept {
    switch (activation.kind) {
      case ops::ActivationKind::None:
        break;
      case ops::ActivationKind::Relu:
        low = 0;
        break;
      case ops::ActivationKind::Clip:
        low = activation.alpha, high = activation.beta;
        break;
      default:
        separate = true;
    }
  }
};

/// Applies what Epilogue leaves to a pass of its own; nothing for clamps.
void activate_stored(const ops::Activation& activation, Level level, int threads, float* data,
                     int64_t count) noexcept;

}  // namespace tenon::simd
