// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether the program section of an engine file is sound; used by View::open alone.
#pragma once

#include "plan/view.h"

namespace tenon::plan {

/// Checks everything that an accessor of View, a session or a step loop relies on: FlatBuffers
/// structure, indices, ranges, alignment, enumerators, expressions, the order of producers and
/// readers. On success `program` points into the program section. Takes time in proportion to the
/// file's size. `culprit` tells which item a refusal is about.
Status verify(const std::span<const std::byte> (&sections)[kSectionCount], Culprit& culprit,
              const fb::Program*& program) noexcept;

/// The part of it about Capability, for a program that is sound otherwise: a safe engine keeps the
/// rules of plan.h and tells its network, a standard engine tells none.
Status verify_capability(const fb::Program& program,
                         const std::span<const std::byte> (&sections)[kSectionCount],
                         Culprit& culprit) noexcept;

}  // namespace tenon::plan
