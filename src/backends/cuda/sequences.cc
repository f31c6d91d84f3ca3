// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Turning sequences round, turning heads by their places, and caches of keys and values.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

using ops::SequenceForm;

bool counts(DType type) { return type == DType::I32 || type == DType::I64; }

/// The text with what it wants defined.
std::string sequence_text(const char* element, const char* index, std::string_view flag = {}) {
  std::string text = fmt::format("typedef {} T;\ntypedef {} I;\n", element, index);
  for (const std::string_view one : {"PACKED", "HAS_LENGTHS", "HAS_PLACES", "INTERLEAVED"}) {
    const bool set = flag.find(one) != std::string_view::npos;
    text += fmt::format("#define {} {}\n", one, set ? 1 : 0);
  }
  return text + kSequencesText;
}

class ReversePlanner final : public Planner {
 public:
  explicit ReversePlanner(ops::ReverseSequence op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    const int64_t rank = dims.rank();
    if (shapes.inputs[0].dims != dims || op_.batch_axis < 0 || op_.batch_axis >= rank ||
        op_.sequence_axis < 0 || op_.sequence_axis >= rank) {
      return kUnlikeShapes;
    }
    const auto batch = static_cast<int>(op_.batch_axis), time = static_cast<int>(op_.sequence_axis);
    if (shapes.inputs[1].elements() != dims[batch]) return kUnlikeShapes;
    const Dims strides = row_major_strides(dims);
    Launch launch = launch_of("reverse_sequences", dims.volume());
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(output(0)).u32(dims.volume());
    args.divisor(strides[batch]).divisor(dims[batch]).divisor(strides[time]).divisor(dims[time]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::ReverseSequence op_;
};

class RotaryPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &x = shapes.inputs[0].dims, &angles = shapes.inputs[1].dims;
    const bool placed = shapes.inputs.size() > 3 && !shapes.inputs[3].absent();
    if (x.rank() != 4 || angles != shapes.inputs[2].dims || shapes.outputs[0].dims != x ||
        angles.rank() != (placed ? 2 : 3) || angles.back() < 1 || angles.back() * 2 > x[3]) {
      return kUnlikeShapes;
    }
    const int64_t half = angles.back(), rows = angles.volume() / half;
    const int64_t places = placed ? shapes.inputs[3].elements() : rows;
    if (places != x[0] * x[2] || rows < 1) return kUnlikeShapes;
    const int64_t each = x[3] - half, items = x[0] * x[1] * x[2] * each;
    Launch launch = launch_of("rotate_heads", items);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2));
    place_input(shapes, 3, args);
    args.place(output(0)).u32(items).i32(x[3]).i32(half).i32(rows);
    args.divisor(each).divisor(x[2]).divisor(x[1]);
    launches.push_back(std::move(launch));
    return {};
  }
};

class CachePlanner final : public Planner {
 public:
  explicit CachePlanner(ops::KvCacheUpdate op) : packed_(op.form == SequenceForm::Packed) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &cache = shapes.inputs[0].dims, &update = shapes.inputs[1].dims;
    const bool sized = shapes.inputs.size() > 3 && !shapes.inputs[3].absent();
    if (cache.rank() != 4 || update.rank() != (packed_ ? 3 : 4) ||
        shapes.outputs[0].dims != cache || update[1] != cache[1] || update.back() != cache[3] ||
        shapes.inputs[2].elements() != cache[0] || (packed_ && !sized) ||
        (!packed_ && update[0] != cache[0]) ||
        (sized && shapes.inputs[3].elements() != cache[0] + (packed_ ? 1 : 0))) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("update_cache", cache.volume());
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2));
    place_input(shapes, 3, args);
    args.place(output(0)).u32(cache.volume()).u32(packed_ ? update[0] : update[2]);
    args.divisor(cache[3]).divisor(cache[2]).divisor(cache[1]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  bool packed_;
};

bool all_there(const kernel::RecordView& record, size_t inputs) {
  if (record.inputs.size() < inputs || record.outputs.size() != 1) return false;
  for (size_t i = 0; i < inputs; ++i) {
    if (record.inputs[i].absent()) return false;
  }
  return record.inputs[0].dtype == record.outputs[0].dtype;
}

}  // namespace

namespace reverse_sequence {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return sequence_text(moved_name(node.inputs[0].dtype), type_name(node.inputs[1].dtype));
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::ReverseSequence>(bytes);
  if (!op.ok() || !all_there(record, 2)) return nullptr;
  return std::make_unique<ReversePlanner>(*op);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (!counts(node.inputs[1].dtype)) return "its lengths are neither i32 nor i64";
  return refuse_types(node, kAllTypes);
}
}  // namespace reverse_sequence

namespace rotary_embedding {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const bool placed = has_input(node, 3);
  std::string flags = std::get<ops::RotaryEmbedding>(*node.op).interleaved ? "INTERLEAVED" : "";
  if (placed) flags += " HAS_PLACES";
  return sequence_text(type_name(node.outputs[0].dtype),
                       placed ? type_name(node.inputs[3].dtype) : "int", flags);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::RotaryEmbedding>(bytes);
  if (!op.ok() || !all_there(record, 3)) return nullptr;
  return std::make_unique<RotaryPlanner>();
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const bool by_row = node.inputs[1].opt.rank() == 2;
  if (by_row != has_input(node, 3)) return "it lacks the places of its rows, or has too many";
  if (by_row && !counts(node.inputs[3].dtype)) return "its places are neither i32 nor i64";
  for (const size_t i : {1, 2}) {
    if (node.inputs[i].dtype != node.inputs[0].dtype) return "its inputs are of several types";
  }
  return refuse_types(
      {.op = node.op, .name = node.name, .inputs = {node.inputs[0]}, .outputs = node.outputs},
      kFloatTypes);
}
}  // namespace rotary_embedding

namespace kv_cache_update {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const bool packed = std::get<ops::KvCacheUpdate>(*node.op).form == SequenceForm::Packed;
  return sequence_text(moved_name(node.inputs[0].dtype), type_name(node.inputs[2].dtype),
                       packed               ? "PACKED"
                       : has_input(node, 3) ? "HAS_LENGTHS"
                                            : "");
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::KvCacheUpdate>(bytes);
  if (!op.ok() || !all_there(record, 3)) return nullptr;
  return std::make_unique<CachePlanner>(*op);
}
std::vector<kernel::Alias> aliases(const kernel::NodeInfo&) { return {{0, 0, false}}; }
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, &aliases};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const bool packed = std::get<ops::KvCacheUpdate>(*node.op).form == SequenceForm::Packed;
  if (packed && !has_input(node, 3)) return "packed updates need where each begins";
  if (!counts(node.inputs[2].dtype)) return "its places are neither i32 nor i64";
  if (has_input(node, 3) && node.inputs[3].dtype != node.inputs[2].dtype) {
    return "its places and lengths are of two types";
  }
  return refuse_types({.op = node.op,
                       .name = node.name,
                       .inputs = {node.inputs[0], node.inputs[1]},
                       .outputs = node.outputs},
                      kAllTypes);
}
}  // namespace kv_cache_update

}  // namespace tenon::cuda
