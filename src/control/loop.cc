// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a loop: states in two buffers each, slices and stacks where they lie.
#include <algorithm>
#include <limits>

#include "control/region_run.h"

namespace tenon::control {

namespace {

using kernel::TensorDesc;

class Loop final : public RegionInstance {
 public:
  explicit Loop(const Regions& regions) : RegionInstance(regions) {}

 private:
  // Shapes.

  Status prepare(std::span<const TensorDesc> inputs, std::span<const TensorDesc> outputs,
                 Diagnostics& diag) final {
    if (program_.count && inputs[*program_.count].elements() != 1) {
      return diag.fail(Code::InvalidPlan, "the number of iterations is not one element");
    }
    limits_.threads = thread_limit();
    for (size_t k = 0; k < parts_.size(); ++k) {
      session::Context& context = parts_[k].context();
      context.set_thread_limits(limits_);
      for (size_t i = 0; i < program_.feeds[k].size(); ++i) {
        TENON_TRY(context.set_input_shape(i, fed_dims(program_.feeds[k][i], inputs), diag));
      }
      TENON_TRY(context.infer_shapes(diag));
    }
    if (program_.goes_on == While::Region && parts_[1].output_dims(0).volume() != 1) {
      return diag.fail(Code::InvalidPlan, "the condition of the loop is not one element");
    }
    slices_.clear();
    most_ = std::numeric_limits<int64_t>::max();
    for (const Slice& slice : program_.slices) {
      slices_.push_back(pieces_of(inputs[slice.input], slice.axis));
      most_ = std::min(most_, slices_.back().count);
    }
    for (const State& state : program_.states) {
      if (parts_[0].output_dims(state.next) == inputs[state.initial].dims) continue;
      return diag.fail(Code::InvalidPlan, "a recurrence begins as {}, but comes round as {}",
                       to_string(inputs[state.initial].dims),
                       to_string(parts_[0].output_dims(state.next)));
    }
    TENON_TRY(prepare_outputs(inputs, outputs, diag));
    scratch_ = scratch_of(regions_, inputs, outputs);
    states_.resize(program_.states.size());
    return {};
  }

  Dims fed_dims(const Feed& feed, std::span<const TensorDesc> inputs) const {
    if (feed.from == From::Node) return inputs[feed.index].dims;
    if (feed.from == From::State) return inputs[program_.states[feed.index].initial].dims;
    const Slice& slice = program_.slices[feed.index];
    return without(inputs[slice.input].dims, slice.axis);
  }

  static Dims without(const Dims& dims, uint32_t axis) {
    Dims rest;
    for (int i = 0; i < dims.rank(); ++i) {
      if (i != static_cast<int>(axis)) rest.push_back(dims[i]);
    }
    return rest;
  }

  Status prepare_outputs(std::span<const TensorDesc> inputs, std::span<const TensorDesc> outputs,
                         Diagnostics& diag) {
    stacks_.assign(outputs.size(), {});
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Output& output = program_.outputs[i];
      Dims outside = outputs[i].dims;
      Dims inside;
      if (output.gives == Gives::State) {
        inside = inputs[program_.states[output.source].initial].dims;
      } else if (output.gives != Gives::Trips) {
        inside = parts_[0].output_dims(output.source);
      }
      if (is_stack(output)) {
        stacks_[i] = pieces_of(outputs[i], output.axis);
        outside = without(outside, output.axis);
      }
      if (outside == inside) continue;
      return diag.fail(Code::InvalidPlan, "output {} has shape {}, but the loop gives {}", i,
                       to_string(outputs[i].dims), to_string(inside));
    }
    return {};
  }

  static bool is_stack(const Output& output) noexcept {
    return output.gives == Gives::Stack || output.gives == Gives::Reverse;
  }

  // Running.

  Status go(const kernel::RunArgs& args, Diagnostics& diag) final {
    work_ = static_cast<std::byte*>(args.workspace);
    for (size_t k = 0; k < states_.size(); ++k) {
      states_[k] = args.inputs[program_.states[k].initial];
    }
    for (RegionRun& part : parts_) {
      TENON_TRY(part.give_arena(work_ == nullptr ? nullptr : work_ + scratch_.arena, diag));
    }
    int64_t limit = std::numeric_limits<int64_t>::max();
    TENON_TRY(read_count(args, limit));
    int64_t trip = 0;
    for (; trip < limit; ++trip) {
      bool go = true;
      TENON_TRY(goes_on(args, trip, go, diag));
      if (!go) break;
      TENON_TRY(check_room(trip, diag));
      TENON_TRY(step(args, trip, diag));
    }
    return finish(args, trip);
  }

  Status read_count(const kernel::RunArgs& args, int64_t& count) noexcept {
    if (!program_.count) return {};
    const void* from = args.inputs[*program_.count];
    if (args.input_descs[*program_.count].dtype == DType::I64) return mover_.read(from, count);
    int32_t narrow = 0;
    TENON_TRY(mover_.read(from, narrow));
    count = narrow;
    return {};
  }

  Status goes_on(const kernel::RunArgs& args, int64_t trip, bool& go, Diagnostics& diag) {
    uint8_t holds = 1;
    if (program_.goes_on == While::State) {
      TENON_TRY(mover_.read(states_[program_.while_state], holds));
    } else if (program_.goes_on == While::Region) {
      if (needs_slice(1) && trip >= most_) return check_room(trip, diag);
      TENON_TRY(feed(1, args, trip, diag));
      std::byte* told = work_ + scratch_.condition;
      TENON_TRY(parts_[1].bind_output(0, told, diag));
      TENON_TRY(parts_[1].run(*args.stream, diag));
      TENON_TRY(mover_.read(told, holds));
    }
    go = holds != 0;
    return {};
  }

  [[nodiscard]] bool needs_slice(size_t part) const noexcept {
    const auto& feeds = program_.feeds[part];
    return std::any_of(feeds.begin(), feeds.end(),
                       [](const Feed& feed) { return feed.from == From::Slice; });
  }

  Status check_room(int64_t trip, Diagnostics& diag) const {
    if (trip >= most_) {
      return diag.fail(Code::InvalidArgument,
                       "the loop goes on after {} iterations, but a tensor that it reads slice by "
                       "slice has no more",
                       most_);
    }
    for (size_t i = 0; i < stacks_.size(); ++i) {
      if (!is_stack(program_.outputs[i]) || trip < stacks_[i].count) continue;
      return diag.fail(Code::InvalidArgument,
                       "the loop goes on after {} iterations, but output {} has room for no more",
                       stacks_[i].count, i);
    }
    return {};
  }

  Status feed(size_t part, const kernel::RunArgs& args, int64_t trip, Diagnostics& diag) {
    const auto& feeds = program_.feeds[part];
    for (size_t i = 0; i < feeds.size(); ++i) {
      const void* address = nullptr;
      if (feeds[i].from == From::Node) {
        address = args.inputs[feeds[i].index];
      } else if (feeds[i].from == From::State) {
        address = states_[feeds[i].index];
      } else {
        TENON_TRY(take_slice(feeds[i].index, args, trip, address));
      }
      TENON_TRY(parts_[part].bind_input(i, address, diag));
    }
    return {};
  }

  /// Slice `trip` where it lies, or gathered where it lies in pieces.
  Status take_slice(size_t k, const kernel::RunArgs& args, int64_t trip,
                    const void*& address) noexcept {
    const Slice& slice = program_.slices[k];
    const Pieces& pieces = slices_[k];
    // Only read.
    auto* from = static_cast<std::byte*>(const_cast<void*>(args.inputs[slice.input]));
    from += static_cast<size_t>(slice.reverse ? pieces.count - 1 - trip : trip) * pieces.bytes;
    address = from;
    if (pieces.outer == 1) return {};
    std::byte* to = work_ + scratch_.slices[k];
    address = to;
    return mover_.copy({to, pieces.bytes}, {from, row_bytes(pieces)}, pieces.bytes,
                       static_cast<size_t>(pieces.outer));
  }
  static size_t row_bytes(const Pieces& pieces) noexcept {
    return static_cast<size_t>(pieces.count) * pieces.bytes;
  }

  /// Where value `trip` of stack `i` lies, or its first part.
  std::byte* place_in_stack(size_t i, const kernel::RunArgs& args, int64_t trip) noexcept {
    const Pieces& pieces = stacks_[i];
    const bool reverse = program_.outputs[i].gives == Gives::Reverse;
    const int64_t at = reverse ? pieces.count - 1 - trip : trip;
    return static_cast<std::byte*>(args.outputs[i]) + static_cast<size_t>(at) * pieces.bytes;
  }

  Status step(const kernel::RunArgs& args, int64_t trip, Diagnostics& diag) {
    RegionRun& body = parts_[0];
    TENON_TRY(feed(0, args, trip, diag));
    for (size_t k = 0; k < states_.size(); ++k) {
      TENON_TRY(body.bind_output(program_.states[k].next, next_state(k, trip), diag));
    }
    for (size_t i = 0; i < stacks_.size(); ++i) {
      const Output& output = program_.outputs[i];
      if (output.gives == Gives::Value) {
        TENON_TRY(body.bind_output(output.source, args.outputs[i], diag));
      } else if (is_stack(output)) {
        std::byte* to =
            stacks_[i].outer == 1 ? place_in_stack(i, args, trip) : work_ + scratch_.stacks[i];
        TENON_TRY(body.bind_output(output.source, to, diag));
      }
    }
    TENON_TRY(body.run(*args.stream, diag));
    for (size_t k = 0; k < states_.size(); ++k) states_[k] = next_state(k, trip);
    for (size_t i = 0; i < stacks_.size(); ++i) {
      if (!is_stack(program_.outputs[i]) || stacks_[i].outer == 1) continue;
      const size_t bytes = stacks_[i].bytes;
      TENON_TRY(mover_.copy({place_in_stack(i, args, trip), row_bytes(stacks_[i])},
                            {work_ + scratch_.stacks[i], bytes}, bytes,
                            static_cast<size_t>(stacks_[i].outer)));
    }
    return {};
  }

  /// The buffer that iteration `trip` writes; the one before wrote the other.
  std::byte* next_state(size_t k, int64_t trip) noexcept {
    return work_ + scratch_.states[k] + (trip % 2 == 0 ? size_t{0} : scratch_.state_bytes[k]);
  }

  Status finish(const kernel::RunArgs& args, int64_t trips) noexcept {
    for (size_t i = 0; i < stacks_.size(); ++i) {
      const Output& output = program_.outputs[i];
      const auto bytes = static_cast<size_t>(args.output_descs[i].bytes());
      if (output.gives == Gives::State) {
        TENON_TRY(mover_.copy(args.outputs[i], states_[output.source], bytes));
      } else if (output.gives == Gives::Value) {
        if (trips == 0) TENON_TRY(mover_.zero(args.outputs[i], bytes));
      } else if (output.gives == Gives::Trips) {
        TENON_TRY(mover_.write(args.outputs[i], trips));
      } else {
        TENON_TRY(finish_stack(i, args, trips));
      }
    }
    return {};
  }

  /// Closes the gap that iterations left which did not come.
  Status finish_stack(size_t i, const kernel::RunArgs& args, int64_t trips) noexcept {
    const Pieces& pieces = stacks_[i];
    const Output& output = program_.outputs[i];
    const int64_t gap = pieces.count - trips;
    if (gap == 0) return {};
    const int64_t first = output.gives == Gives::Reverse ? gap : 0;
    auto* base = static_cast<std::byte*>(args.outputs[i]);
    const auto at = [&](int64_t piece) { return base + static_cast<size_t>(piece) * pieces.bytes; };
    for (int64_t outer = 0; outer < pieces.outer; ++outer) {
      const int64_t row = outer * pieces.count;
      if (output.exact) {
        const size_t kept = static_cast<size_t>(trips) * pieces.bytes;
        TENON_TRY(mover_.move_down(at(outer * trips), at(row + first), kept));
      } else {
        const size_t rest = static_cast<size_t>(gap) * pieces.bytes;
        TENON_TRY(mover_.zero(at(first == 0 ? row + trips : row), rest));
      }
    }
    return {};
  }

  std::vector<Pieces> slices_;       ///< one a slice
  std::vector<Pieces> stacks_;       ///< one an output
  int64_t most_ = 0;                 ///< iterations that the slices allow
  std::byte* work_ = nullptr;        ///< of the run that goes on
  std::vector<const void*> states_;  ///< where they are now
};

}  // namespace

Result<std::unique_ptr<kernel::Instance>> make_loop(const Regions& regions,
                                                    const kernel::ContextResources& of) {
  return RegionInstance::make<Loop>(regions, of);
}

}  // namespace tenon::control
