// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Words for layouts, without memory.
#pragma once

#include "base/fixed_text.h"
#include "kernel/layout.h"

namespace tenon::kernel {

/// What to_string(layout) gives.
FixedText<24> text_of(const Layout& layout) noexcept;

}  // namespace tenon::kernel
