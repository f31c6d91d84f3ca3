// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing programs, and reading them as if an enemy had written them.
#include "control/program.h"

#include <algorithm>

namespace tenon::control {

namespace {

constexpr uint32_t kNone = UINT32_MAX;

void put_count(ByteWriter& to, size_t count) { to.put(static_cast<uint32_t>(count)); }

class ProgramReader {
 public:
  explicit ProgramReader(std::span<const std::byte> bytes) : from_(bytes) {}

  Result<Program> run() {
    Program all;
    all.kind = take_kind(Kind::Loop);
    all.condition = from_.take<uint32_t>();
    if (const auto count = from_.take<uint32_t>(); count != kNone) all.count = count;
    all.goes_on = take_kind(While::Region);
    all.while_state = from_.take<uint32_t>();
    all.slices.resize(take_count());
    for (Slice& slice : all.slices) {
      slice.input = from_.take<uint32_t>();
      slice.axis = from_.take<uint32_t>();
      slice.reverse = take_flag();
    }
    all.states.resize(take_count());
    for (State& state : all.states) {
      state.initial = from_.take<uint32_t>();
      state.next = from_.take<uint32_t>();
    }
    all.feeds.resize(take_count());
    for (auto& feeds : all.feeds) {
      feeds.resize(take_count());
      for (Feed& feed : feeds) {
        feed.from = take_kind(From::State);
        feed.index = from_.take<uint32_t>();
      }
    }
    all.outputs.resize(take_count());
    for (Output& output : all.outputs) {
      output.gives = take_kind(Gives::Extent);
      output.source = from_.take<uint32_t>();
      output.axis = from_.take<uint32_t>();
      output.exact = take_flag();
      output.length = from_.take<uint32_t>();
    }
    if (!sound_ || !from_.ok() || !from_.at_end() || !fits(all)) {
      return Status{Code::InvalidPlan, "the record of a loop or conditional is damaged"};
    }
    return all;
  }

 private:
  /// Everything counted takes at least four bytes, so hostile counts cannot make us allocate much.
  size_t take_count() {
    const size_t count = from_.take<uint32_t>();
    sound_ = sound_ && count <= from_.rest().size() / 4;
    return sound_ ? count : 0;
  }
  bool take_flag() {
    const auto flag = from_.take<uint8_t>();
    sound_ = sound_ && flag <= 1;
    return flag == 1;
  }
  template <class E>
  E take_kind(E last) {
    const auto kind = from_.take<E>();
    sound_ = sound_ && kind <= last;
    return sound_ ? kind : E{};
  }

  static bool fits(const Program& all) {
    const bool loop = all.kind == Kind::Loop;
    const size_t regions = !loop || all.goes_on == While::Region ? 2 : 1;
    if (all.feeds.size() != regions) return false;
    if (loop && !all.count && all.goes_on == While::Always) return false;
    if (!loop && !(all.slices.empty() && all.states.empty())) return false;
    if (all.goes_on == While::State && all.while_state >= all.states.size()) return false;
    for (const auto& feeds : all.feeds) {
      for (const Feed& feed : feeds) {
        if (feed.from == From::Slice && feed.index >= all.slices.size()) return false;
        if (feed.from == From::State && feed.index >= all.states.size()) return false;
      }
    }
    return std::all_of(all.outputs.begin(), all.outputs.end(), [&](const Output& output) {
      const bool of_conditional = output.gives == Gives::Taken || output.gives == Gives::Extent;
      if (of_conditional == loop) return false;
      if (output.gives == Gives::State) return output.source < all.states.size();
      return output.gives != Gives::Extent || (output.source < all.outputs.size() &&
                                               all.outputs[output.source].gives == Gives::Taken);
    });
  }

  ByteReader from_;
  bool sound_ = true;
};

}  // namespace

Bytes pack(const Program& program) {
  ByteWriter to;
  to.put(program.kind);
  to.put(program.condition);
  to.put(program.count.value_or(kNone));
  to.put(program.goes_on);
  to.put(program.while_state);
  put_count(to, program.slices.size());
  for (const Slice& slice : program.slices) {
    to.put(slice.input);
    to.put(slice.axis);
    to.put(static_cast<uint8_t>(slice.reverse));
  }
  put_count(to, program.states.size());
  for (const State& state : program.states) {
    to.put(state.initial);
    to.put(state.next);
  }
  put_count(to, program.feeds.size());
  for (const auto& feeds : program.feeds) {
    put_count(to, feeds.size());
    for (const Feed& feed : feeds) {
      to.put(feed.from);
      to.put(feed.index);
    }
  }
  put_count(to, program.outputs.size());
  for (const Output& output : program.outputs) {
    to.put(output.gives);
    to.put(output.source);
    to.put(output.axis);
    to.put(static_cast<uint8_t>(output.exact));
    to.put(output.length);
  }
  return std::move(to).bytes();
}

Result<Program> unpack(std::span<const std::byte> bytes) { return ProgramReader(bytes).run(); }

}  // namespace tenon::control
