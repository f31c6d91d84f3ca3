// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernel of Constant: copies the numbers its record keeps.
#pragma once

#include "backends/ref/kernel.h"

namespace tenon::ref {

Row constant_row();

}  // namespace tenon::ref
