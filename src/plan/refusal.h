// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How the readers of engine files say no.
#pragma once

#include "base/status.h"

namespace tenon::plan {

/// The file is no engine, or damaged; `why` lives for ever.
constexpr Status bad(const char* why) noexcept { return {Code::InvalidPlan, why}; }

}  // namespace tenon::plan
