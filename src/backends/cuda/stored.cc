// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions to and from types that data are only kept in, and by blocks.
#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::stored {

namespace {

enum class Kind : uint8_t { Cast, Quantize, Dequantize, Blocks };  // as in stored.cu

Kind kind_of(const ops::Op& op) {
  if (std::holds_alternative<ops::Quantize>(op)) return Kind::Quantize;
  if (std::holds_alternative<ops::Dequantize>(op)) return Kind::Dequantize;
  return std::holds_alternative<ops::DynamicQuantize>(op) ? Kind::Blocks : Kind::Cast;
}

/// The format of stored.cu; integers of at most 16 bits that are quantised to are kept within.
std::string format_of(DType type, bool saturates = false) {
  switch (type) {
    case DType::F8E4M3:
      return "Tiny<4, 3, 0x7e, 0x7f, 0>";
    case DType::F8E5M2:
      return "Tiny<5, 2, 0x7b, 0x7f, 0x7c>";
    case DType::F4E2M1:
      return "Tiny<2, 1, 0x7, 0, 0>";
    case DType::F8E8M0:
      return "PowerOfTwo";
    default:
      break;
  }
  const bool has_sign =
      type != DType::U8 && type != DType::U16 && type != DType::U4 && type != DType::U2;
  if (is_storage(type) || saturates) {
    return fmt::format("Few<{}, {}>", bit_width(type), has_sign);
  }
  return fmt::format("Plain<{}>", type_name(type));
}

double greatest(DType type) { return type == DType::F4E2M1 ? 6 : 448; }

/// By axis: how many neighbours share an entry, and how far entries are apart.
struct Sharing {
  std::vector<int64_t> blocks, strides;
};

class StoredPlanner final : public Planner {
 public:
  StoredPlanner(Kind kind, int64_t axis, Dims block) : kind_(kind), axis_(axis), block_(block) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    if (shapes.inputs[0].dims != dims) return kUnlikeShapes;
    Sharing scale, zero;
    TENON_TRY(kind_ == Kind::Blocks ? by_blocks(shapes, scale) : sharing(shapes, 1, scale));
    TENON_TRY(sharing(shapes, 2, zero));
    const int64_t bits = bit_width(shapes.outputs[0].dtype);
    Launch convert =
        launch_of("convert_stored", (dims.volume() * std::min<int64_t>(bits, 8) + 7) / 8);
    Arguments& args = convert.arguments;
    args.place(input(0));
    for (size_t i = 1; i < 3; ++i) place_input(shapes, i, args);
    args.place(output(0));
    if (kind_ == Kind::Blocks) {
      args.place(output(1));
    } else {
      args.nothing();
    }
    const Dims counts = kind_ == Kind::Blocks ? shapes.outputs[1].dims : Dims{};
    args.u32(dims.volume()).u32(counts.volume());
    args.put(static_cast<float>(greatest(shapes.outputs[0].dtype)));
    args.divisors({dims.begin(), dims.end()}, Dims::kMaxRank);
    for (const Sharing& one : {scale, zero}) {
      args.divisors(one.blocks, Dims::kMaxRank).i32s(one.strides, Dims::kMaxRank);
    }
    args.divisors({counts.begin(), counts.end()}, Dims::kMaxRank);
    if (kind_ == Kind::Blocks) {
      Launch scales = launch_of("scale_blocks", counts.volume(), 128);
      scales.arguments = args;
      launches.push_back(std::move(scales));
    }
    launches.push_back(std::move(convert));
    return {};
  }

 private:
  /// Of input i: one entry, one for each place of the axis, or one for each block.
  Status sharing(const Shapes& shapes, size_t i, Sharing& out) const {
    const Dims& dims = shapes.outputs[0].dims;
    const auto rank = static_cast<size_t>(dims.rank());
    out.blocks.assign(rank, 1);
    out.strides.assign(rank, 0);
    if (i >= shapes.inputs.size() || shapes.inputs[i].absent()) return {};
    const Dims& entries = shapes.inputs[i].dims;
    if (entries.volume() == 1) return {};
    if (entries.rank() == dims.rank() && dims.rank() > 1) {
      const Dims strides = row_major_strides(entries);
      for (int d = 0; d < dims.rank(); ++d) {
        if (entries[d] < 1 || dims[d] % entries[d] != 0) return kUnlikeShapes;
        out.blocks[static_cast<size_t>(d)] = dims[d] / entries[d];
        out.strides[static_cast<size_t>(d)] = strides[d];
      }
      return {};
    }
    const auto axis = static_cast<int>(axis_);
    if (axis < 0 || axis >= dims.rank() || entries.volume() != dims[axis]) return kUnlikeShapes;
    out.strides[static_cast<size_t>(axis)] = 1;
    return {};
  }
  Status by_blocks(const Shapes& shapes, Sharing& out) const {
    const Dims &dims = shapes.outputs[0].dims, &counts = shapes.outputs[1].dims;
    if (block_.rank() != dims.rank() || counts.rank() != dims.rank()) return kUnlikeShapes;
    const Dims strides = row_major_strides(counts);
    for (int d = 0; d < dims.rank(); ++d) {
      if (block_[d] < 1 || counts[d] != (dims[d] + block_[d] - 1) / block_[d]) return kUnlikeShapes;
      out.blocks.push_back(std::min(block_[d], std::max<int64_t>(dims[d], 1)));
      out.strides.push_back(strides[d]);
    }
    return {};
  }

  Kind kind_;
  int64_t axis_;
  Dims block_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const Kind kind = kind_of(*node.op);
  const auto type = [&](size_t i) {
    return has_input(node, i) ? node.inputs[i].dtype : DType::F32;
  };
  const DType to = node.outputs[0].dtype;
  const bool whole = !is_floating(to), blocks = kind == Kind::Blocks;
  const bool wide_scale = type(1) == DType::F64 && !is_storage(to) && bit_width(to) == 8;
  // Of blocks, S are the scales that are found out, and Z what they are multiplied with.
  return fmt::format("#define X {}\n#define S {}\n#define Z {}\n#define Y {}\n", format_of(type(0)),
                     format_of(blocks ? node.outputs[1].dtype : type(1)),
                     format_of(type(blocks ? 1 : 2)), format_of(to, kind == Kind::Quantize)) +
         fmt::format(
             "#define RANK {}\n#define ZERO {}\n#define SINGLE {}\n#define KIND {}\n"
             "#define Y_IS_WHOLE {}\n",
             node.outputs[0].opt.rank(), has_input(node, 2) ? 1 : 0, wide_scale ? 0 : 1,
             static_cast<int>(kind), whole ? 1 : 0) +
         kStoredText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  int64_t axis = -1;
  if (const auto* to = std::get_if<ops::Quantize>(node.op)) axis = to->axis;
  if (const auto* from = std::get_if<ops::Dequantize>(node.op)) axis = from->axis;
  const auto* blocks = std::get_if<ops::DynamicQuantize>(node.op);
  const Dims block = blocks != nullptr ? blocks->block : Dims{};
  bytes.put(kind_of(*node.op));
  bytes.put(axis);
  bytes.put(static_cast<uint8_t>(block.rank()));
  for (const int64_t extent : block) bytes.put(extent);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto kind = bytes.take<uint8_t>();
  const auto axis = bytes.take<int64_t>();
  const auto rank = bytes.take<uint8_t>();
  if (!bytes.ok() || kind > static_cast<uint8_t>(Kind::Blocks) || rank > Dims::kMaxRank) {
    return nullptr;
  }
  Dims block;
  for (int i = 0; i < rank; ++i) block.push_back(bytes.take<int64_t>());
  const auto of = static_cast<Kind>(kind);
  const bool scaled = of == Kind::Quantize || of == Kind::Dequantize;
  if (record.inputs.empty() || record.inputs[0].absent() || record.inputs.size() > 3 ||
      record.outputs.size() != (of == Kind::Blocks ? 2 : 1) ||
      (scaled && (record.inputs.size() < 2 || record.inputs[1].absent()))) {
    return nullptr;
  }
  return std::make_unique<StoredPlanner>(of, axis, block);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target& target) {
  const Kind kind = kind_of(*node.op);
  bool special = false;
  for (const auto* ports : {&node.inputs, &node.outputs}) {
    for (const kernel::PortInfo& port : *ports) {
      special |= port.present && is_storage(port.dtype);
    }
  }
  const bool served = kind == Kind::Cast         ? !special
                      : kind == Kind::Quantize   ? quantize::refuse(node, target).empty()
                      : kind == Kind::Dequantize ? dequantize::refuse(node, target).empty()
                                                 : false;
  return served ? "another kernel does it faster" : "";
}

}  // namespace tenon::cuda::stored
