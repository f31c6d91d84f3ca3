// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding the loader of a record.
#include "kernel/loader.h"

namespace tenon::kernel {

Result<std::unique_ptr<Loaded>> load(const LoaderTable& loaders, const RecordView& record,
                                     Diagnostics& diag) {
  const LoadFunction* loader = loaders.find_loader(record.family);
  if (loader == nullptr) {
    return diag.fail(Code::NotFound,
                     "layer '{}' needs kernel {}/{}@{}, but this build has no backend '{}': use a "
                     "build that has it, or build the engine anew",
                     record.node_name, record.family, record.name, record.version, record.family);
  }
  return (*loader)(record, diag);
}

}  // namespace tenon::kernel
