// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A tail is a step of the pointwise kernel inside another's record.
#include "backends/cuda/tail.h"

#include "backends/cuda/list.h"
#include "backends/cuda/own_kernel.h"

namespace tenon::cuda {

namespace {

ops::Pointwise chain_of(const Tail& tail) {
  ops::Pointwise chain;
  const auto last = [&] { return static_cast<int64_t>(chain.steps.size()) - 1; };
  chain.steps.push_back({.code = ops::PointwiseCode::Load, .lhs = 0});
  for (size_t i = 0; i < tail.addends.size(); ++i) {
    const int64_t sum = last();
    chain.steps.push_back({.code = ops::PointwiseCode::Load, .lhs = static_cast<int64_t>(i) + 1});
    chain.steps.push_back({.code = ops::PointwiseCode::ElementWise,
                           .kind = static_cast<int64_t>(ops::ElementWiseKind::Add),
                           .lhs = sum,
                           .rhs = sum + 1});
  }
  chain.steps.push_back({.code = ops::PointwiseCode::Activation,
                         .kind = static_cast<int64_t>(tail.activation.kind),
                         .lhs = last(),
                         .alpha = tail.activation.alpha,
                         .beta = tail.activation.beta});
  return chain;
}

/// [C] as it broadcasts to [N, C, spatial…].
Dims by_channel(const Dims& channels, int rank) {
  Dims dims = channels;
  for (int axis = 2; axis < rank; ++axis) dims.push_back(1);
  return dims;
}

kernel::PortInfo spread_port(kernel::PortInfo port, int rank) {
  port.min = port.opt = port.max = by_channel(port.opt, rank);
  port.shape = expr::to_shape(port.opt);
  port.constant = nullptr;
  return port;
}

/// Whose kernel computes tails.
const Row& tail_row() { return *find_row("pointwise"); }

}  // namespace

Status write_tail(const Tail& tail, const kernel::NodeInfo& node,
                  const kernel::Configuration& configuration, const device::Target& target,
                  ByteWriter& parameters, std::vector<kernel::PackedBlob>& packed,
                  Diagnostics& diag) {
  parameters.put(static_cast<uint8_t>(!tail.empty()));
  if (tail.empty()) return {};
  const ops::Op op = chain_of(tail);
  kernel::NodeInfo own{.op = &op, .name = node.name, .inputs = {node.outputs[0]}, .outputs = {}};
  own.outputs.push_back(node.outputs[0]);
  kernel::Configuration ports{{configuration.outputs[0]}, {configuration.outputs[0]}};
  parameters.put(static_cast<uint32_t>(tail.addends.size()));
  for (const Tail::Addend& addend : tail.addends) {
    parameters.put(addend.input);
    parameters.put(static_cast<uint8_t>(addend.by_channel));
    const kernel::PortInfo& port = node.inputs[addend.input];
    own.inputs.push_back(addend.by_channel ? spread_port(port, node.outputs[0].opt.rank()) : port);
    ports.inputs.push_back(configuration.inputs[addend.input]);
  }
  const auto candidate = tail_row().create(tail_row(), own, target);
  TENON_ASSIGN(kernel::Record record, candidate->record(ports, 0, 1, diag));
  parameters.put(static_cast<uint32_t>(record.params.size()));
  parameters.raw(record.params);
  packed.push_back(std::move(record.packed[0]));
  return {};
}

Result<LoadedTail> LoadedTail::read(ByteReader& reader, const kernel::RecordView& record,
                                    size_t blob, Diagnostics& diag) {
  LoadedTail tail;
  if (reader.take<uint8_t>() == 0) {
    return reader.ok() ? Result(std::move(tail)) : Result<LoadedTail>(damaged(record, diag));
  }
  if (record.outputs.empty() || blob >= record.packed.size()) return damaged(record, diag);
  std::vector<kernel::TensorDesc> descs = {record.outputs[0]};
  const auto count = reader.take<uint32_t>();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Tail::Addend addend;
    addend.input = reader.take<uint32_t>();
    addend.by_channel = reader.take<uint8_t>() != 0;
    if (addend.input >= record.inputs.size() || record.inputs[addend.input].absent()) {
      return damaged(record, diag);
    }
    tail.addends_.push_back(addend);
    descs.push_back(record.inputs[addend.input]);
    if (addend.by_channel) {
      if (descs.back().dims.rank() != 1) return damaged(record, diag);
      descs.back().dims = by_channel(descs.back().dims, record.outputs[0].dims.rank());
    }
  }
  const auto parameters = reader.raw(reader.take<uint32_t>());
  if (!reader.ok()) return damaged(record, diag);
  kernel::RecordView own = record;
  own.name = tail_row().name;
  own.version = tail_row().version;
  own.params = parameters;
  own.packed = record.packed.subspan(blob, 1);
  own.inputs = descs;
  own.outputs = record.outputs.first(1);
  TENON_ASSIGN(tail.loaded_, tail_row().load(own, diag));
  return tail;
}

Result<std::unique_ptr<kernel::Instance>> LoadedTail::create_instance() const {
  return loaded_->create_instance({});
}

Result<TailInstance> TailInstance::make(const LoadedTail& tail) {
  TailInstance made;
  if (tail.empty()) return made;
  made.addends_ = tail.addends();
  TENON_ASSIGN(made.instance_, tail.create_instance());
  return made;
}

Status TailInstance::on_shapes(std::span<const kernel::TensorDesc> inputs,
                               std::span<const kernel::TensorDesc> outputs) noexcept {
  if (instance_ == nullptr) return {};
  descs_.assign(1, outputs[0]);
  for (const Tail::Addend& addend : addends_) {
    kernel::TensorDesc desc = inputs[addend.input];
    if (addend.by_channel) desc.dims = by_channel(desc.dims, outputs[0].dims.rank());
    descs_.push_back(desc);
  }
  inputs_.resize(descs_.size());
  return instance_->on_shapes(descs_, outputs.first(1));
}

Status TailInstance::run(const kernel::RunArgs& args) noexcept {
  if (instance_ == nullptr) return {};
  inputs_[0] = args.outputs[0];
  for (size_t i = 0; i < addends_.size(); ++i) inputs_[i + 1] = args.inputs[addends_[i].input];
  return instance_->run({descs_.data(), args.output_descs, inputs_.data(), args.outputs,
                         args.workspace, args.stream});
}

}  // namespace tenon::cuda
