// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening libraries that are bytes and no file.
#pragma once

#include <span>
#include <string>

#include "plugin/registry/hold.h"

namespace tenon::plugin {

/// Where a library that is not a file may be put to be opened.
struct TemporaryFiles {
  bool in_memory = true;
  bool on_disk = true;
  std::string folder;  ///< empty: TMPDIR, or /tmp
};

/// A library opened from bytes: null when that failed, for which `why` says the reason.
struct BytesLibrary {
  std::shared_ptr<OpenLibrary> open;
  std::string why;
};

/// Opens a copy of `bytes`, first in memory, then on disk, as far as `files` allows; one of both
/// must be allowed. `name` is for the file, `mode` for dlopen.
BytesLibrary open_library_of_bytes(const std::string& name, std::span<const std::byte> bytes,
                                   const TemporaryFiles& files, int mode);

}  // namespace tenon::plugin
