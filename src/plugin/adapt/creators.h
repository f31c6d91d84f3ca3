// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The creator that an engine's record names.
#pragma once

#include "kernel/record.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// The entry of the record's name, version and namespace, whose creator is of `kind`. Explains in
/// `diag` when there is none: what is near, or which other kind is there.
Result<std::shared_ptr<const Entry>> find_creator(const PluginRegistry& registry,
                                                  const kernel::RecordView& record,
                                                  CreatorKind kind, Diagnostics& diag);

}  // namespace tenon::plugin
