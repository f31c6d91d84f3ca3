// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Settings that mean something this build cannot do: refused by name before building.
#pragma once

#include <string>
#include <string_view>

#include "api/infer/builder_config.h"
#include "api/infer/network/network.h"
#include "device/gpu.h"

namespace tenon::api {

/// Names every setting that cannot be honoured; fails when there is one. Settings that merely
/// permit (lower precision, auxiliary streams) are no reason to refuse: docs/precision.md. Where
/// the configuration names no device, TENON_DEVICE in the environment does.
Status refuse_absent_settings(const BuilderConfig& config, Diagnostics& diag);

/// Fails where weights are to be streamed on a GPU, which is null for a processor; there, where
/// nothing has to be brought in, warns.
Status refuse_weight_streaming(const BuilderConfig& config, const device::Gpu* gpu,
                               Diagnostics& diag);

/// Fails, naming each, when an input or output is of a type that the interface has no word for.
Status refuse_unspeakable_types(const Network& network, Diagnostics& diag);

/// Under BuilderFlag::kOBEY_PRECISION_CONSTRAINTS fails, naming every layer, where setPrecision
/// asks for a type that no kernel computes in; under kPREFER_PRECISION_CONSTRAINTS warns. Without
/// either, wishes for precisions are passed over, as the interface says.
Status refuse_precisions(const Network& network, const BuilderConfig& config, Diagnostics& diag);

}  // namespace tenon::api
