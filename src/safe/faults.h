// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Faults of data that a run looks for in what it is given.
#pragma once

#include <cstdint>

#include "NvInferSafeRuntime.h"

namespace tenon::safe {

/// The bits of RuntimeErrorType for numbers of an input that are none (kNAN_CONSUMED) or infinite
/// (kINF_CONSUMED): f32 and f16, others never. A tensor with padding lanes is not looked at, since
/// what stands in them is nobody's.
uint64_t faults_of(const nvinfer2::safe::TensorDescriptor& input, const void* data) noexcept;

}  // namespace tenon::safe
