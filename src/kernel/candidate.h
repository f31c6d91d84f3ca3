// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The build-time object of a kernel: one way to compute one node, and what it demands.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "device/target.h"
#include "kernel/record.h"
#include "ops/op.h"

namespace tenon::kernel {

/// What a node has at one input or output, for every profile. `opt` is what timing uses.
struct PortInfo {
  DType dtype = DType::F32;
  Dims min, opt, max;  ///< of the profile being tuned; equal when static
  expr::Shape shape;   ///< symbolic extents; constants where static
  /// Of an output with sizes that only the node's run finds out: opt with those at their bounds,
  /// which is the room a run is given. Nullopt elsewhere.
  std::optional<Dims> room;
  /// In a build of one static shape a profile: the extents in each of them; else empty.
  std::vector<Dims> each;
  const ops::ConstantData* constant = nullptr;
  bool present = true;          ///< false for an absent optional input
  bool network_io = false;      ///< read or written by the caller directly
  std::vector<Layout> allowed;  ///< network_io: layouts the caller allows; empty: linear

  [[nodiscard]] bool is_static() const noexcept { return min == max; }
  /// The tensor at the profile's opt shape in the given layout.
  [[nodiscard]] TensorDesc opt_desc(Layout layout) const noexcept {
    return {dtype, layout, opt, 0};
  }
  /// An output as a run at the opt shape is given it.
  [[nodiscard]] TensorDesc room_desc(Layout layout) const noexcept {
    return {dtype, layout, room.value_or(opt), 0};
  }
};

/// One node, as a candidate sees it. Lives through a build.
struct NodeInfo {
  const ops::Op* op = nullptr;
  std::string name;
  std::vector<PortInfo> inputs, outputs;
  bool aliased_plugin_io = false;  ///< the build lets plugins write outputs over inputs
  bool allow_tf32 = false;  ///< products of f32 may round their inputs to 10 bits of mantissa
};

/// Type and layout at one position.
struct Port {
  DType dtype = DType::F32;
  Layout layout;
  float scale = 0;
  friend bool operator==(const Port&, const Port&) = default;
};

/// Types and layouts of all inputs, then all outputs, that a candidate can work with together.
struct Configuration {
  std::vector<Port> inputs, outputs;
};

enum class Flag : uint32_t {
  Pure = 1,          ///< same inputs, same outputs, nothing else touched
  Allocates = 2,     ///< a library inside allocates while running
  Synchronises = 4,  ///< waits on the stream inside run
  Capturable = 8,    ///< on a GPU: run does nothing but put work on the stream
  Safe = 16,         ///< may stand in a safe engine
  HostCode = 32,     ///< a plugin: runs on the caller's thread
};
constexpr uint32_t operator|(Flag a, Flag b) {
  return static_cast<uint32_t>(a) | static_cast<uint32_t>(b);
}

/// An output that shares an input's memory. Permitted: the planner may do so when the input dies
/// here. Required: it must (aliased plugin I/O); the builder inserts a copy where the input is read
/// later.
struct Alias {
  int output = 0, input = 0;
  bool required = false;
};

/// One way to compute one node. Made for one NodeInfo and one Target, asked by one thread. Calls
/// come in the order they stand here; tactics and later ones for a given configuration.
class Candidate {
 public:
  virtual ~Candidate() = default;

  [[nodiscard]] virtual KernelId id() const = 0;
  [[nodiscard]] virtual uint32_t flags() const { return static_cast<uint32_t>(Flag::Pure); }
  /// Whether a build runs it once though nothing competes with it, to see what it does wrong.
  [[nodiscard]] virtual bool tried_alone() const {
    return (flags() & static_cast<uint32_t>(Flag::HostCode)) != 0;
  }
  /// Configurations, best guess first. None, with reasons in `diag` as info, means: not this node.
  virtual std::vector<Configuration> configurations(Diagnostics& diag) = 0;
  /// Prepares for a configuration at the profile's min/opt/max. A failure drops the configuration.
  virtual Status configure(const Configuration& configuration, Diagnostics& diag) {
    (void)configuration, (void)diag;
    return {};
  }
  /// Tactics of the configuration; {0} when there is nothing to choose.
  virtual std::vector<int32_t> tactics() { return {0}; }
  /// Thread counts worth timing, each <= target.cores.
  [[nodiscard]] virtual std::vector<int> thread_counts() const { return {1}; }
  /// Inputs whose values are packed into the record, so that no pointer is needed at run time.
  [[nodiscard]] virtual std::vector<int> absorbed_inputs() const { return {}; }
  [[nodiscard]] virtual std::vector<Alias> aliases() const { return {}; }
  /// Identifies the work for timing caches: candidates with equal keys take equal time. The caller
  /// adds kernel id, shapes, configuration, tactic, threads and target. Nullopt: never cache.
  [[nodiscard]] virtual std::optional<std::string> timing_key() const = 0;
  /// The record for the configuration: packs constants. Deterministic in node, configuration,
  /// tactic and target.
  virtual Result<Record> record(const Configuration& configuration, int32_t tactic, int threads,
                                Diagnostics& diag) = 0;
  /// The kernel made ready for timing. By default loaded from record() through the registry's
  /// loader; a plugin returns its own live object. Null: use the default.
  virtual Result<std::unique_ptr<Loaded>> load_for_timing(const Configuration& configuration,
                                                          int32_t tactic, Diagnostics& diag) {
    (void)configuration, (void)tactic, (void)diag;
    return std::unique_ptr<Loaded>();
  }
};

/// Who offers candidates for a node: a backend, or the plugin behind a Foreign node.
class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  /// "ref", "simd", "dnnl", or the plugin's name.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// The kind of device its kernels run on: a source is asked for no other.
  [[nodiscard]] virtual device::Kind device() const noexcept { return device::Kind::Cpu; }
  /// Appends every candidate that may serve. Whoever says no says why, as info, in `diag`. `node`
  /// and `target` outlive the candidates.
  virtual void candidates(const NodeInfo& node, const device::Target& target, Diagnostics& diag,
                          std::vector<std::unique_ptr<Candidate>>& out) = 0;
};

}  // namespace tenon::kernel
