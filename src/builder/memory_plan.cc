// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Lifetimes, aliases, and best-fit placing, largest first.
#include "builder/memory_plan.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/aligned_buffer.h"

namespace tenon::builder {

namespace {

using plan::kNoTensor;
constexpr size_t kNowhere = SIZE_MAX;

/// A block of memory: of tensors that share it, or a workspace.
struct Block {
  size_t first = SIZE_MAX, last = 0;  ///< steps, both included
  uint64_t bytes = 0, offset = 0;
  std::vector<uint32_t> users;  ///< steps; some may stand twice

  void use(size_t step) {
    first = std::min(first, step);
    last = std::max(last, step);
    users.push_back(static_cast<uint32_t>(step));
  }
};

class Planner {
 public:
  Planner(plan::Plan& plan, StepAliases aliases)
      : plan_(plan), block_of_(plan.tensors.size(), kNowhere) {
    const auto elsewhere = [](const plan::Step& step) { return step.stream != 0; };
    if (std::ranges::any_of(plan.steps, elsewhere)) order_.emplace(plan, aliases);
    for (size_t t = 0; t < plan.tensors.size(); ++t) {
      if (plan.tensors[t].place != plan::Place::Arena) continue;
      block_of_[t] = blocks_.size();
      blocks_.push_back({.bytes = plan.tensors[t].bytes});
    }
    for (size_t s = 0; s < plan.steps.size(); ++s) {
      for (const uint32_t t : plan.steps[s].inputs) use(t, s);
      for (const uint32_t t : plan.steps[s].outputs) use(t, s);
    }
  }

  void share(StepAliases aliases) {
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      for (const kernel::Alias& alias : aliases[s]) {
        const uint32_t input = plan_.steps[s].inputs[static_cast<size_t>(alias.input)];
        const uint32_t output = plan_.steps[s].outputs[static_cast<size_t>(alias.output)];
        if (!in_arena(input) || !in_arena(output)) continue;
        if (alias.required || may_share(s, input, output)) merge(input, output);
      }
    }
  }

  void place() {
    std::vector<size_t> tensor_blocks;
    for (size_t b = 0; b < blocks_.size(); ++b) {
      if (blocks_[b].first != SIZE_MAX) tensor_blocks.push_back(b);
    }
    std::vector<size_t> workspaces(plan_.steps.size(), kNowhere);
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      if (plan_.steps[s].workspace_bytes == 0) continue;
      workspaces[s] = blocks_.size();
      tensor_blocks.push_back(blocks_.size());
      blocks_.push_back({.bytes = plan_.steps[s].workspace_bytes});
      blocks_.back().use(s);
    }
    std::stable_sort(tensor_blocks.begin(), tensor_blocks.end(),
                     [&](size_t a, size_t b) { return blocks_[a].bytes > blocks_[b].bytes; });
    plan_.arena_bytes = 0;
    std::vector<size_t> placed;
    for (const size_t b : tensor_blocks) {
      blocks_[b].offset = best_offset(blocks_[b], placed);
      placed.push_back(b);
      plan_.arena_bytes =
          std::max(plan_.arena_bytes, blocks_[b].offset + align_up(blocks_[b].bytes));
    }
    for (size_t t = 0; t < block_of_.size(); ++t) {
      if (block_of_[t] != kNowhere) plan_.tensors[t].offset = blocks_[block_of_[t]].offset;
    }
    for (size_t s = 0; s < workspaces.size(); ++s) {
      if (workspaces[s] != kNowhere)
        plan_.steps[s].workspace_offset = blocks_[workspaces[s]].offset;
    }
  }

 private:
  [[nodiscard]] bool in_arena(uint32_t tensor) const {
    return tensor != kNoTensor && block_of_[tensor] != kNowhere;
  }
  void use(uint32_t tensor, size_t step) {
    if (in_arena(tensor)) blocks_[block_of_[tensor]].use(step);
  }

  [[nodiscard]] bool may_share(size_t step, uint32_t input, uint32_t output) const {
    const Block& block = blocks_[block_of_[input]];
    if (block.last != step || block_of_[input] == block_of_[output]) return false;
    if (!all_before(block.users, step)) return false;
    if (plan_.tensors[input].bytes != plan_.tensors[output].bytes) return false;
    const std::vector<uint32_t>& read = plan_.steps[step].inputs;
    const std::vector<uint32_t>& written = plan_.steps[step].outputs;
    const auto in_block = [&](size_t wanted) {
      return [this, wanted](uint32_t t) { return in_arena(t) && block_of_[t] == wanted; };
    };
    const auto input_block = in_block(block_of_[input]);
    const auto output_block = in_block(block_of_[output]);
    return std::count_if(read.begin(), read.end(), input_block) == 1 &&
           std::none_of(written.begin(), written.end(), input_block) &&
           std::none_of(read.begin(), read.end(), output_block);
  }

  void merge(uint32_t into, uint32_t from) {
    const size_t kept = block_of_[into], gone = block_of_[from];
    if (kept == gone) return;
    for (const uint32_t step : blocks_[gone].users) blocks_[kept].use(step);
    blocks_[kept].bytes = std::max(blocks_[kept].bytes, blocks_[gone].bytes);
    blocks_[gone] = {};
    std::replace(block_of_.begin(), block_of_.end(), gone, kept);
  }

  /// Whether all of these are done before `step` begins, but itself.
  [[nodiscard]] bool all_before(const std::vector<uint32_t>& users, size_t step) const {
    return !order_ || std::ranges::all_of(users, [&](uint32_t user) {
      return user == step || order_->before(user, step);
    });
  }

  /// Whether some step may use one of them while another still needs the other.
  [[nodiscard]] bool meet(const Block& a, const Block& b) const {
    if (a.first <= b.last && b.first <= a.last) return true;
    if (!order_) return false;
    const Block &early = a.last < b.first ? a : b, &late = a.last < b.first ? b : a;
    return !std::ranges::all_of(late.users,
                                [&](uint32_t step) { return all_before(early.users, step); });
  }

  /// The smallest gap that holds the block between those that live when it does; else the end.
  [[nodiscard]] uint64_t best_offset(const Block& block, const std::vector<size_t>& placed) const {
    std::vector<const Block*> others;
    for (const size_t b : placed) {
      if (meet(blocks_[b], block)) others.push_back(&blocks_[b]);
    }
    std::sort(others.begin(), others.end(),
              [](const Block* a, const Block* b) { return a->offset < b->offset; });
    const uint64_t wanted = align_up(block.bytes);
    uint64_t end = 0, best = 0, best_gap = UINT64_MAX;
    for (const Block* other : others) {
      if (other->offset >= end + wanted && other->offset - end < best_gap) {
        best = end;
        best_gap = other->offset - end;
      }
      end = std::max(end, other->offset + align_up(other->bytes));
    }
    return best_gap == UINT64_MAX ? end : best;
  }

  plan::Plan& plan_;
  std::optional<StepOrder> order_;  ///< where that of the steps' numbers does not hold
  std::vector<size_t> block_of_;    ///< a tensor's block, or kNowhere
  std::vector<Block> blocks_;
};

}  // namespace

void plan_memory(plan::Plan& plan, StepAliases aliases) {
  Planner planner(plan, aliases);
  planner.share(aliases);
  planner.place();
}

}  // namespace tenon::builder
