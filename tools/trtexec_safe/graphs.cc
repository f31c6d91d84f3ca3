// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// createTRTGraph, clone, setScratchMemory.
#include "tools/trtexec_safe/graphs.h"

#include <fstream>
#include <iterator>

#include "tools/trtexec_safe/check.h"

namespace tenon::trtexec_safe {

using nvinfer2::safe::ITRTGraph;

std::vector<char> read_engine(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    throw Failure("--loadEngine=" + path + ": there is no such file, or it is empty.");
  }
  return bytes;
}

Graphs::Graphs(const std::vector<char>& engine, const Options& options,
               std::vector<std::unique_ptr<Recorder>>& recorders) {
  graphs_.resize(recorders.size(), nullptr);
  check(
      nvinfer2::safe::createTRTGraph(graphs_[0], engine.data(), static_cast<int64_t>(engine.size()),
                                     *recorders[0], !options.scratch, &allocator()),
      "createTRTGraph");
  for (size_t i = 1; i < graphs_.size(); ++i) {
    check(graphs_[0]->clone(graphs_[i], *recorders[i]), "ITRTGraph::clone");
  }
  int64_t profiles = 0;
  check(graphs_[0]->getNbIOProfiles(profiles), "ITRTGraph::getNbIOProfiles");
  if (options.io_profile >= profiles) {
    throw Failure("--ioProfileId=" + std::to_string(options.io_profile) + ": the engine has " +
                  std::to_string(profiles) + " IO profiles, counted from 0.");
  }
  for (ITRTGraph* const graph : graphs_) {
    check(graph->setIOProfile(options.io_profile), "ITRTGraph::setIOProfile");
  }
  if (options.scratch) give_scratch(recorders);
}

void Graphs::give_scratch(std::vector<std::unique_ptr<Recorder>>& recorders) {
  size_t bytes = 0;
  check(graphs_[0]->getScratchMemorySize(bytes), "ITRTGraph::getScratchMemorySize");
  recorders[0]->info("Scratch memory: " + std::to_string(bytes) + " bytes a graph.");
  for (size_t i = 0; i < graphs_.size(); ++i) {
    scratch_.push_back(std::make_unique<Block>(bytes, nvinfer2::safe::MemoryPlacement::kGPU,
                                               nvinfer2::safe::MemoryUsage::kSCRATCH,
                                               *recorders[i]));
    check(graphs_[i]->setScratchMemory(scratch_.back()->data()), "ITRTGraph::setScratchMemory");
  }
}

// Clones share what the first graph holds, so they go first.
Graphs::~Graphs() {
  for (auto graph = graphs_.rbegin(); graph != graphs_.rend(); ++graph) {
    if (*graph != nullptr) (void)nvinfer2::safe::destroyTRTGraph(*graph);
  }
}

}  // namespace tenon::trtexec_safe
