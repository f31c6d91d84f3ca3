// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fuzzes the importer of UFF files: whatever is not refused must be a sound graph.
#include <cstdlib>
#include <vector>

#include "importers/uff/import.h"
#include "ir/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  CollectingSink sink;
  Diagnostics diag(sink);
  ir::Graph graph;
  uff::Options options;
  options.inputs.push_back({"in", Dims{1, 28, 28}, uff::InputOrder::Nchw});
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const Status status = uff::import(bytes, nullptr, options, graph, diag);
  if (!status.ok()) {
    if (sink.errors().empty()) std::abort();  // Whoever says no says why.
    return 0;
  }
  if (!ir::verify(graph, diag).ok()) std::abort();
  return 0;
}
