// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loaded engine: one graph a thread, with scratch memory where we give it.
#pragma once

#include <memory>
#include <vector>

#include "tools/trtexec_safe/memory.h"
#include "tools/trtexec_safe/options.h"
#include "tools/trtexec_safe/recorder.h"

#include "NvInferSafeRuntime.h"

namespace tenon::trtexec_safe {

/// The engine's file. Throws Failure when it cannot be read.
std::vector<char> read_engine(const std::string& path);

/// A graph from the engine and its clones, set to the asked IO profile. All throw Failure.
class Graphs {
 public:
  /// `recorders`: one a graph; they must outlive this object.
  Graphs(const std::vector<char>& engine, const Options& options,
         std::vector<std::unique_ptr<Recorder>>& recorders);
  ~Graphs();
  Graphs(const Graphs&) = delete;
  Graphs& operator=(const Graphs&) = delete;

  size_t size() const { return graphs_.size(); }
  nvinfer2::safe::ITRTGraph& operator[](size_t i) const { return *graphs_[i]; }

 private:
  void give_scratch(std::vector<std::unique_ptr<Recorder>>& recorders);

  std::vector<std::unique_ptr<Block>> scratch_;
  std::vector<nvinfer2::safe::ITRTGraph*> graphs_;
};

}  // namespace tenon::trtexec_safe
