// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a refittable engine keeps of a plugin: the answers it gave while the engine was built.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "ir/graph.h"
#include "kernel/candidate.h"

namespace tenon::builder {

/// A plugin node's operator and the one way chosen to run it. Plugins cannot be made for building a
/// second time from what engines keep of them, and need not be: weights are no part of them.
struct ForeignRecord {
  std::string node;
  ops::PluginId id;
  std::string family, description;
  size_t shape_inputs = 0;
  std::vector<ops::SizeTensor> sizes;
  kernel::Configuration configuration;
  std::vector<kernel::Alias> aliases;
  uint32_t flags = 0;
  uint64_t workspace = 0;
  kernel::Record record;
};

/// The family of loops and conditionals: the packed blobs of their records are the engine files of
/// their regions.
inline constexpr std::string_view kRegionFamily = "control";

/// Of the engines of regions, leaves their own refit sections alone, from which they are built
/// again. Others stay as they are.
Status keep_notes_alone(ForeignRecord& foreign, Diagnostics& diag);

void write(ByteWriter& writer, const ForeignRecord& foreign);
/// Leaves the reader not ok() where the bytes are not what write() wrote.
ForeignRecord read_foreign(ByteReader& reader);

/// An operator that says again what was noted; null unless it fits a node of so many inputs and
/// these outputs.
std::shared_ptr<ops::ForeignOp> make_foreign(const ForeignRecord& noted, size_t inputs,
                                             std::vector<ops::TensorType> outputs);

}  // namespace tenon::builder
