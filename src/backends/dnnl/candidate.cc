// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Configurations, tactics and records of weighted operators.
#include "backends/dnnl/candidate.h"

#include <cstring>

#include "kernel/ports.h"

namespace tenon::dnnl {

using kernel::Configuration;
using kernel::Layout;

std::vector<int> WeightedCandidate::thread_counts() const {
  std::vector<int> counts{1};
  for (int threads = 2; threads <= target_.cores; threads *= 2) counts.push_back(threads);
  return counts;
}

std::vector<int> WeightedCandidate::absorbed_inputs() const {
  std::vector<int> absorbed{static_cast<int>(kWeights)};
  if (has_input(kBias)) absorbed.push_back(static_cast<int>(kBias));
  if (has_input(kWeightScale)) absorbed.push_back(static_cast<int>(kWeightScale));
  return absorbed;
}

std::vector<kernel::Alias> WeightedCandidate::aliases() const {
  if (!has_input(kResidual)) return {};
  return {{0, static_cast<int>(kResidual), false}};
}

namespace {

/// The operator without the scales that take no time; zero points do.
ops::Op without_numbers(ops::Op op) {
  const auto plain = [](ops::Grid& grid) { grid = {1, grid.zero == 0 ? 0 : 1}; };
  if (auto* convolution = std::get_if<ops::QuantConvolution>(&op)) {
    plain(convolution->x), plain(convolution->residual), plain(convolution->y);
    plain(convolution->between);
  } else if (auto* product = std::get_if<ops::QuantMatMul>(&op)) {
    plain(product->x), plain(product->y);
  }
  return op;
}

}  // namespace

std::optional<std::string> WeightedCandidate::timing_key() const {
  const auto packed = ops::pack(without_numbers(*node_.op));
  if (!packed.ok()) return std::nullopt;
  const auto bytes = std::as_bytes(std::span(*packed));
  std::string key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  key += has_input(kBias) ? "+bias" : "";
  key += has_input(kResidual) ? "+residual" : "";
  return key + library()->version;
}

std::unique_ptr<const Problem> WeightedCandidate::problem(int32_t tactic) const {
  auto made = make_(*node_.op, node_.inputs[kWeights].constant->dims(), has_input(kBias),
                    has_input(kResidual), tactic);
  if (has_input(kWeightScale)) {
    const ops::ConstantData& scales = *node_.inputs[kWeightScale].constant;
    for (int64_t i = 0; i < scales.count(); ++i) {
      made->weight_scales.push_back(static_cast<float>(scales.real(i)));
    }
  }
  return made;
}

bool WeightedCandidate::offers(const Layout& input, const Layout& output, int32_t tactic) {
  for (const Offer& offer : offers_) {
    if (offer.input == input && offer.output == output && offer.tactic == tactic) {
      return offer.there;
    }
  }
  const Packing packing =
      pack_weights(*problem(tactic), greatest(node_.inputs[kSource], input),
                   greatest(node_.outputs[0], output), nullptr, nullptr, false, 1);
  offers_.push_back({input, output, tactic, packing.desc != nullptr});
  return offers_.back().there;
}

std::vector<Configuration> WeightedCandidate::configurations(Diagnostics& diag) {
  std::vector<Configuration> all;
  for (const auto& [input, output] : layouts()) {
    bool offered = false;
    for (const int32_t tactic : possible_tactics()) {
      offered = offered || offers(input, output, tactic);
    }
    if (!offered) {
      diag.info("dnnl/{}: oneDNN has no primitive from {} to {}", row_.name, to_string(input),
                to_string(output));
      continue;
    }
    Configuration configuration;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      const Layout layout = i == kSource ? input : i == kResidual ? output : Layout::linear();
      configuration.inputs.push_back({node_.inputs[i].dtype, layout, 0});
    }
    configuration.outputs.push_back({node_.outputs[0].dtype, output, 0});
    all.push_back(std::move(configuration));
  }
  return all;
}

Status WeightedCandidate::configure(const Configuration& configuration, Diagnostics&) {
  configuration_ = configuration;
  return {};
}

std::vector<int32_t> WeightedCandidate::tactics() {
  std::vector<int32_t> there;
  for (const int32_t tactic : possible_tactics()) {
    if (offers(configuration_.inputs[0].layout, configuration_.outputs[0].layout, tactic)) {
      there.push_back(tactic);
    }
  }
  return there;
}

Result<kernel::Record> WeightedCandidate::record(const Configuration& configuration, int32_t tactic,
                                                 int threads, Diagnostics& diag) {
  const ops::ConstantData* bias = has_input(kBias) ? node_.inputs[kBias].constant : nullptr;
  const ops::ConstantData& weights = *node_.inputs[kWeights].constant;
  const auto posed = problem(tactic);
  Packing packing = pack_weights(
      *posed, greatest(node_.inputs[kSource], configuration.inputs[0].layout),
      greatest(node_.outputs[0], configuration.outputs[0].layout), &weights, bias, true, threads);
  if (packing.desc == nullptr) {
    return diag.fail(Code::Unsupported, "oneDNN cannot pack the weights of '{}'", node_.name);
  }
  TENON_ASSIGN(const Bytes op, ops::pack(*node_.op));
  ByteWriter params;
  params.put(static_cast<uint8_t>(bias != nullptr));
  params.put(static_cast<uint8_t>(has_input(kResidual)));
  params.put(static_cast<int32_t>(weights.dims().rank()));
  for (const int64_t extent : weights.dims()) params.put(extent);
  params.raw(op);
  kernel::Record record;
  record.id = id();
  record.params = std::move(params).bytes();
  record.packed.push_back(std::move(packing.weights));
  if (bias != nullptr) record.packed.push_back(std::move(packing.bias));
  if (!posed->weight_scales.empty()) {
    record.packed.push_back({{}, scale_bytes(posed->weight_scales)});
  }
  record.tactic = tactic;
  record.threads = threads;
  record.isa = target_.isa;
  return record;
}

namespace {

/// The last blob: one scale, or one an entry of the bias and channel of the output.
Status read_scales(const kernel::RecordView& record, Problem& problem, Diagnostics& diag) {
  const size_t at = problem.bias ? 2 : 1;
  const size_t bytes = record.packed.size() == at + 1 ? record.packed[at].data.size() : 0;
  if (bytes == 0 || bytes % sizeof(float) != 0) {
    return diag.fail(Code::InvalidPlan, "layer '{}': the scales of its weights are damaged",
                     record.node_name);
  }
  problem.weight_scales.resize(bytes / sizeof(float));
  std::memcpy(problem.weight_scales.data(), record.packed[at].data.data(), bytes);
  return {};
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load_record(const kernel::RecordView& record,
                                                    const RecordFrame& frame, const Layout& source,
                                                    const Layout& target, Diagnostics& diag) {
  ByteReader params(record.params);
  const bool bias = params.take<uint8_t>() != 0;
  const bool residual = params.take<uint8_t>() != 0;
  bool sound = params.take<int32_t>() == frame.weights_rank;
  Dims weights;
  for (int i = 0; sound && i < frame.weights_rank; ++i) {
    weights.push_back(params.take<int64_t>());
    sound = weights.back() > 0 && weights.back() <= INT32_MAX;
  }
  auto op = sound && params.ok() ? frame.unpack(params.rest())
                                 : Result<ops::Op>(Status{Code::InvalidPlan, ""});
  if (!op.ok()) {
    return diag.fail(Code::InvalidPlan, "layer '{}': the parameters of {} cannot be read",
                     record.node_name, record.name);
  }
  kernel::Wanted from{DType::F32, source}, to{DType::F32, target};
  auto problem = frame.make(*op, weights, bias, residual, record.tactic);
  if (frame.gives != nullptr) {
    from.dtype =
        !record.inputs.empty() && record.inputs[0].dtype == DType::U8 ? DType::U8 : DType::I8;
    to.dtype = frame.gives(*op);
    TENON_TRY(read_scales(record, *problem, diag));
  }
  const auto added = residual ? std::optional(to) : std::nullopt;
  TENON_TRY(kernel::expect_ports(record, {from, std::nullopt, std::nullopt, added, std::nullopt},
                                 to, diag));
  return load_weighted(std::move(problem), record, diag);
}

namespace {

/// What is asked whatever the types.
std::string refuse_any(const kernel::NodeInfo& node, const ops::Activation& activation) {
  for (const auto* ports : {&node.inputs, &node.outputs}) {
    for (const kernel::PortInfo& port : *ports) {
      if (port.present && port.max.volume() == 0) return "a tensor is empty";
    }
  }
  if (node.inputs[kWeights].constant == nullptr) return "the weights are not constant";
  const bool bias = kBias < node.inputs.size() && node.inputs[kBias].present;
  if (bias && node.inputs[kBias].constant == nullptr) return "the bias is not constant";
  if (!to_eltwise(activation)) {
    return "oneDNN cannot fuse activation " + std::string(to_string(activation.kind));
  }
  const bool residual = kResidual < node.inputs.size() && node.inputs[kResidual].present;
  if (residual && node.inputs[kResidual].max != node.outputs[0].max) {
    return "the residual has another shape than the output";
  }
  return {};
}

}  // namespace

std::string refuse_common(const kernel::NodeInfo& node, const ops::Activation& activation) {
  for (const auto* ports : {&node.inputs, &node.outputs}) {
    for (const kernel::PortInfo& port : *ports) {
      if (port.present && port.dtype != DType::F32) return "only f32 is served here";
    }
  }
  return refuse_any(node, activation);
}

std::string refuse_quantised(const kernel::NodeInfo& node, const ops::Activation& activation) {
  const bool residual = node.inputs[kResidual].present;
  if (residual && node.inputs[kResidual].dtype != node.outputs[0].dtype) {
    return "the residual has another type than the output";
  }
  if (node.inputs[kWeightScale].constant == nullptr) return "the weights' scale is not constant";
  return refuse_any(node, activation);
}

}  // namespace tenon::dnnl
