// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checksums of an engine file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plan/format.h"

namespace tenon::plan {

/// What Header::checksum must be: over the header before it and the table. `file` has at least
/// kTableEnd bytes.
uint64_t header_checksum(std::span<const std::byte> file) noexcept;

/// Writes fitting checksums into whatever `file` is, so that tests and fuzzers reach what stands
/// behind them; entries whose sections lie outside the file are left alone, and so is a file
/// shorter than its table.
void repair_checksums(std::span<std::byte> file) noexcept;

}  // namespace tenon::plan
