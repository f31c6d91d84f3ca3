// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether plugins are guarded: what the program or the environment says.
#pragma once

#include "guard/guarded.h"

namespace tenon::api {

/// What the program said last through tenon::set_guard, else what TENON_GUARD says. Any thread.
guard::GuardedLoaders::Which guard_mode() noexcept;

}  // namespace tenon::api
