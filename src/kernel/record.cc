// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records that hold their own blobs.
#include "kernel/record.h"

#include <cstring>

namespace tenon::kernel {

RecordHolder::RecordHolder(const Record& record, std::string_view node_name,
                           std::span<const TensorDesc> inputs, std::span<const TensorDesc> outputs)
    : record_(record),
      node_name_(node_name),
      inputs_(inputs.begin(), inputs.end()),
      outputs_(outputs.begin(), outputs.end()) {
  for (const PackedBlob& blob : record_.packed) {
    AlignedBuffer& copy = data_.emplace_back(blob.data.size());
    if (copy.data() != nullptr) std::memcpy(copy.data(), blob.data.data(), blob.data.size());
    blobs_.push_back({blob.layout, copy.bytes()});
  }
  view_ = {.family = record_.id.family,
           .name = record_.id.name,
           .version = record_.id.version,
           .params = record_.params,
           .packed = blobs_,
           .tactic = record_.tactic,
           .threads = record_.threads,
           .plugin_version = record_.plugin_version,
           .plugin_namespace = record_.plugin_namespace,
           .plugin_library = record_.plugin_library,
           .node_name = node_name_,
           .inputs = inputs_,
           .outputs = outputs_};
}

}  // namespace tenon::kernel
