// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a graph to a plan: passes, tuning, memory, emission.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "device/target.h"
#include "ir/graph.h"
#include "kernel/registry.h"
#include "passes/pipeline.h"
#include "plan/plan.h"
#include "tune/progress.h"
#include "tune/reformat_source.h"
#include "tune/timer.h"
#include "tune/timing_cache.h"

namespace tenon::builder {

/// What a profile promises of one network input. Extents for every input; values only for shape
/// inputs, whose content decides shapes: one entry an element.
struct InputRange {
  std::string input;
  Dims min, opt, max;
  std::vector<int64_t> min_values, opt_values, max_values;
};

/// Ranges by input name, in any order. Inputs of fixed shape may be left out.
struct ProfileRanges {
  std::vector<InputRange> inputs;
};

/// Which weights may be replaced after the build.
enum class Refit : uint8_t {
  None,
  Identical,  ///< by equal ones alone: an engine stripped of them is made whole again
  Any,
};

/// A constant that may be replaced, and the names it goes by; several may name one constant.
struct RefittableWeights {
  std::string value;  ///< the Constant's output in the graph
  std::string name;   ///< of the weights; empty: they have none
  std::string layer;  ///< that reads them in `role`; empty: none does
  int32_t role = 0;   ///< nvinfer1::WeightsRole
};

/// What a caller may decide about a build.
struct BuildConfig {
  device::Target target = device::local_target();
  /// Safety: see plan::Capability, and scope.h for what is refused.
  plan::Capability capability = plan::Capability::Standard;
  /// The first is what timing uses. None: every input has a fixed shape.
  std::vector<ProfileRanges> profiles;
  int max_threads = 0;                    ///< of one step; 0: target.cores
  uint64_t workspace_limit = UINT64_MAX;  ///< bytes of scratch one step may have
  int level = 3;        ///< 0: no timing, the first candidate that works; … 5: most
  int timing_runs = 0;  ///< samples an alternative at least; 0: as the level says
  tune::TimingCache* cache = nullptr;  ///< read and added to; null: times live for this build
  bool error_on_cache_miss = false;    ///< a time that the cache lacks fails the build
  std::vector<std::string> left_out;   ///< families of kernels that are not considered
  int max_tactics = -1;                ///< ways of a node that are considered; not positive: all
  bool direct_io = false;              ///< no reformats at ends whose formats the caller has said
  bool editable_cache = false;  ///< times are kept node by node, and told (tune/profile_log.h)
  tune::Progress* progress = nullptr;
  bool aliased_plugin_io = false;  ///< plugins may write outputs over inputs
  bool allow_tf32 = false;         ///< see kernel::NodeInfo
  int aux_streams = -1;  ///< on a GPU: see choose_streams; engines to be refitted have none
  /// Types of 16 bits that a network of f32 for a GPU may be computed in where that is faster.
  std::vector<DType> permitted;
  /// Makes one node of each loop and conditional, before the passes; null: they are refused.
  std::function<Status(ir::Graph& graph, Diagnostics& diag)> outline;
  /// The constant called `value` inside of the nodes that `outline` has made; null where there is
  /// none. Null: there are no such nodes.
  std::function<ops::ConstantRef(const ir::Graph& graph, std::string_view value)> inner_constant;
  passes::Options passes;  ///< its evaluator folds constants
  /// Who gave the range of a tensor, by its name, for the record; absent: nobody knows.
  std::unordered_map<std::string, std::string> range_sources;
  uint8_t profiling_verbosity = 0;     ///< nvinfer1::ProfilingVerbosity, noted in the plan
  uint8_t hardware_compatibility = 0;  ///< nvinfer1::HardwareCompatibilityLevel, noted likewise
  bool guard = false;                  ///< plugins are examined: see tune::Options
  std::vector<std::string>
      debug_tensors;           ///< values kept as tensors of their own, under their names
  bool debug_unfused = false;  ///< whatever fusion leaves is a debug tensor too
  /// The engine keeps what it takes to replace `weights`: builder/refit.h.
  Refit refit = Refit::None;
  std::vector<RefittableWeights> weights;
};

/// Builds the engine of `graph`, which is changed: give it a copy of your own. Failures are
/// explained in `diag` by layer, candidate and reason; a stop through `progress` gives Cancelled.
/// Given a cache that knows every time, equal graphs and configurations give equal plans, the
/// record included. One build uses the whole machine's threads; builds in parallel disturb each
/// other's timing, nothing else.
Result<plan::Plan> build(ir::Graph& graph, const kernel::Registry& registry,
                         tune::ReformatSource& reformats, tune::Timer& timer,
                         const BuildConfig& config, Diagnostics& diag);

}  // namespace tenon::builder
