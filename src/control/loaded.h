// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A loop or conditional that runs: engines within an engine.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/program.h"
#include "kernel/loader.h"
#include "session/engine.h"

namespace tenon::control {

/// Engines lie within engines at most so deep.
inline constexpr int kMaxDepth = 24;

/// Loads a record of family "control". Its regions are verified as engine files are, whose kernels
/// `loaders` knows; the program is checked against them and against the step's types.
Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                             const kernel::LoaderTable& loaders, Diagnostics& diag);

/// The regions of one loop or conditional, as an engine has them.
struct Regions {
  std::string node;  ///< for messages
  Program program;
  std::vector<std::shared_ptr<const session::Engine>> engines;
  bool host_code = false;  ///< a plugin is inside: it needs the caller's stream

  /// That the regions run on; null: a processor.
  [[nodiscard]] const device::Gpu* gpu() const noexcept { return engines[0]->gpu(); }
};

/// Where things lie in the scratch memory of a run; offsets in bytes.
struct Scratch {
  std::vector<size_t> states;  ///< two buffers of `state_bytes` each
  std::vector<size_t> state_bytes;
  std::vector<size_t> slices;  ///< of slices that do not lie in one piece
  std::vector<size_t> stacks;  ///< by output: a value on its way to a place in pieces
  size_t condition = 0;        ///< what region 1 of a loop computes
  size_t arena = 0;            ///< of the regions, one at a time
  size_t total = 0;
};
Scratch scratch_of(const Regions& regions, std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc> outputs);

/// A tensor seen as pieces: `count` values one behind the other along an axis, `outer` times.
struct Pieces {
  int64_t outer = 1, count = 1;
  size_t bytes = 0;  ///< of the part of one value that lies in one piece
};
Pieces pieces_of(const kernel::TensorDesc& desc, uint32_t axis) noexcept;

Result<std::unique_ptr<kernel::Instance>> make_conditional(const Regions& regions,
                                                           const kernel::ContextResources& of);
Result<std::unique_ptr<kernel::Instance>> make_loop(const Regions& regions,
                                                    const kernel::ContextResources& of);

}  // namespace tenon::control
