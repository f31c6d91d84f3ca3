// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a loop or a conditional does with its regions: how they are fed, and where their results go.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tenon::control {

/// Where input of a region has its value from.
enum class From : uint8_t {
  Node,   ///< input `index` of the node
  Slice,  ///< slice number `index` of the loop, of this iteration
  State,  ///< state number `index` of the loop, as it is before this iteration
};
struct Feed {
  From from = From::Node;
  uint32_t index = 0;
  friend bool operator==(const Feed&, const Feed&) = default;
};

/// A node's input that is read slice by slice along `axis`.
struct Slice {
  uint32_t input = 0;
  uint32_t axis = 0;
  bool reverse = false;
};

/// A value carried on: the node's input before the first iteration, then output `next` of the body.
struct State {
  uint32_t initial = 0;
  uint32_t next = 0;
};

/// What an output of the node is.
enum class Gives : uint8_t {
  State,    ///< loop: state `source` after the last iteration
  Value,    ///< loop: output `source` of the body in the last iteration; zeros where there was none
  Stack,    ///< loop: output `source` of the body in all iterations, along `axis`
  Reverse,  ///< the same, last one first
  Trips,    ///< loop: the number of iterations, one i64
  Taken,    ///< conditional: output `source` of the branch that was run
  Extent,   ///< conditional: the extent of axis `axis` of the node's output `source`, one i64
};
struct Output {
  Gives gives = Gives::Taken;
  uint32_t source = 0;
  uint32_t axis = 0;
  bool exact = false;   ///< stacks: as long as there were iterations, else as the room
  uint32_t length = 0;  ///< stacks: the node's input whose content is the greatest length
};

/// How a loop goes on: while the boolean is true that `from` tells before each iteration.
enum class While : uint8_t {
  Always,
  State,   ///< state `index` is it
  Region,  ///< region 1 computes it
};

enum class Kind : uint8_t {
  Conditional,  ///< region 0 where the condition holds, region 1 where not
  Loop,         ///< region 0 is the body; region 1, if any, computes the condition
};

/// A conditional or a loop over regions. Plain data: goes into engine files.
struct Program {
  Kind kind = Kind::Conditional;
  uint32_t condition = 0;         ///< conditional: the node's input that decides
  std::optional<uint32_t> count;  ///< loop: the node's input that limits the iterations
  While goes_on = While::Always;
  uint32_t while_state = 0;
  std::vector<Slice> slices;
  std::vector<State> states;
  std::vector<std::vector<Feed>> feeds;  ///< by region, one an input
  std::vector<Output> outputs;           ///< one an output of the node
};

Bytes pack(const Program& program);
/// Reads what pack wrote. Fails with InvalidPlan on anything cut short, of unknown kinds, or that
/// names slices, states or regions that are not there; what concerns the node's and the regions'
/// own inputs and outputs is checked where those are known.
Result<Program> unpack(std::span<const std::byte> bytes);

}  // namespace tenon::control
