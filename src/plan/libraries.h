// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The libraries section of an engine file.
#pragma once

#include <cstddef>
#include <span>

#include "plan/view.h"

namespace tenon::plan {

/// Whether the section is exactly what LibraryRow says. Takes time in proportion to the number of
/// libraries and the lengths of their names.
Status verify_libraries(std::span<const std::byte> section) noexcept;

// Of a section that verify_libraries accepts; `i` is below the count.
size_t library_count(std::span<const std::byte> section) noexcept;
LibraryView library_at(std::span<const std::byte> section, size_t i) noexcept;

}  // namespace tenon::plan
