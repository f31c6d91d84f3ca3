// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a plan's step finds the code that runs it.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/diagnostics.h"
#include "kernel/record.h"

namespace tenon::kernel {

/// Makes the kernel of a record. Refuses, saying both, a version or packed layout that is not its
/// own.
using LoadFunction =
    std::function<Result<std::unique_ptr<Loaded>>(const RecordView& record, Diagnostics& diag)>;

/// Loaders by kernel family.
class LoaderTable {
 public:
  virtual ~LoaderTable() = default;
  /// Null when the family is unknown.
  [[nodiscard]] virtual const LoadFunction* find_loader(std::string_view family) const noexcept = 0;
};

/// Finds the loader and loads; an unknown family is explained.
Result<std::unique_ptr<Loaded>> load(const LoaderTable& loaders, const RecordView& record,
                                     Diagnostics& diag);

}  // namespace tenon::kernel
