// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Settings that mean something this build cannot do: refused by name before building.
#pragma once

#include "api/infer/builder_config.h"

namespace tenon::api {

/// Names every setting that cannot be honoured; fails when there is one. Settings that merely
/// permit (lower precision, auxiliary streams) are no reason to refuse: docs/precision.md.
Status refuse_absent_settings(const BuilderConfig& config, Diagnostics& diag);

}  // namespace tenon::api
