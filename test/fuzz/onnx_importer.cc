// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fuzzes the importer of models, and the passes behind it: whatever is not refused must be a sound
// graph.
#include <cstdlib>
#include <vector>

#include "importers/onnx/import.h"
#include "ir/verify.h"
#include "passes/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  CollectingSink sink;
  Diagnostics diag(sink);
  ir::Graph graph;
  std::vector<onnx::Fault> faults;
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const Status status = onnx::import(bytes, nullptr, {}, graph, diag, &faults);
  if (!status.ok()) {
    if (sink.errors().empty()) std::abort();  // Whoever says no says why.
    return 0;
  }
  if (!ir::verify(graph, diag).ok()) std::abort();
  (void)passes::run_pipeline(graph, {}, diag);
  return 0;
}
