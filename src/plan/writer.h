// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a plan to the bytes of an engine file.
#pragma once

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "plan/plan.h"
#include "plan/view.h"

namespace tenon::plan {

/// The engine file of a plan: equal plans give equal bytes. What comes out is opened as a reader
/// would; a plan that a reader would refuse (an index out of range, a tensor outside the arena, two
/// steps writing one tensor …) fails with InvalidArgument and a sentence, so that it shows where it
/// was made.
Result<Bytes> write(const Plan& plan, Diagnostics& diag);

/// The same engine file without the record of its build: as if it had been written so.
Bytes without_record(const View& file);

}  // namespace tenon::plan
