// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernel of Einsum, which reads its equation when it is made.
#pragma once

#include "backends/ref/kernel.h"

namespace tenon::ref {

/// The record keeps the inputs' ranks, which give the equation its meaning.
Row einsum_row();

}  // namespace tenon::ref
