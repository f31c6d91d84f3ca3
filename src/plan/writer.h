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

/// The same engine file, its weights not to be replaced any more.
Bytes without_refit(const View& file);

/// The same engine file without constants and kernels, and with `refit` in place of what its refit
/// section holds behind the head. Only View::open with frame_only accepts it.
Bytes without_weights(const View& file, std::span<const std::byte> refit);

/// The engine file that without_weights made, opened with frame_only, with zeros for weights: to be
/// asked anything but to run. Fails with InvalidPlan when it does not tell how large they are.
Result<Bytes> with_room_for_weights(const View& file, Diagnostics& diag);

}  // namespace tenon::plan
