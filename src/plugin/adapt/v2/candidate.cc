// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Formats, configuration and bytes, asked of the plugin.
#include "plugin/adapt/v2/candidate.h"

#include <algorithm>

#include "base/hash.h"
#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/v2/foreign_op.h"
#include "plugin/adapt/v2/loaded.h"
#include "plugin/adapt/v2/state.h"
#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using kernel::Configuration;
using kernel::Port;
using nvinfer1::PluginTensorDesc;
using nvinfer1::TensorFormat;

/// Formats that supportsFormat is asked for. Interface fact: never the vectors of 4, 16 and 32.
constexpr TensorFormat kOneFormat[] = {TensorFormat::kLINEAR, TensorFormat::kCHW2,
                                       TensorFormat::kHWC8};

bool is_float(DType type) {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16;
}

int32_t count(size_t n) { return static_cast<int32_t>(n); }

}  // namespace

Bytes pack(const V2Params& params) {
  ByteWriter writer;
  writer.put(static_cast<uint8_t>(params.family));
  writer.put(params.workspace);
  writer.raw(params.state);
  return std::move(writer).bytes();
}

Result<V2Params> unpack_v2(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  V2Params params;
  const auto family = reader.take<uint8_t>();
  params.workspace = reader.take<uint64_t>();
  if (!reader.ok() || family > static_cast<uint8_t>(V2Family::DynamicExt)) {
    return Status{Code::InvalidPlan, "the record of a plugin is cut short or of no family"};
  }
  params.family = static_cast<V2Family>(family);
  params.state.assign(reader.rest().begin(), reader.rest().end());
  return params;
}

V2Candidate::V2Candidate(V2Object object, const V2Op& op, const kernel::NodeInfo& node)
    : object_(std::move(object)),
      op_(op),
      node_(node),
      inputs_(node.inputs.size()),
      outputs_(node.outputs.size()),
      batch_(node.inputs.empty() ? Batch() : Batch(node.inputs[0].opt)) {}

kernel::KernelId V2Candidate::id() const { return {"plugin.v2", op_.id().name, 1}; }

uint32_t V2Candidate::flags() const {
  // What a plugin does inside, nobody knows: not pure, and it runs on the caller's thread.
  return static_cast<uint32_t>(kernel::Flag::HostCode);
}

const kernel::PortInfo& V2Candidate::port(size_t position) const {
  return position < inputs_ ? node_.inputs[position] : node_.outputs[position - inputs_];
}

Port V2Candidate::scaled(size_t position, Port chosen) const {
  if (chosen.dtype == DType::I8 && position < op_.scales().size()) {
    chosen.scale = op_.scales()[position];
  }
  return chosen;
}

PluginTensorDesc V2Candidate::describe(size_t position, const Port& chosen) const {
  const kernel::PortInfo& info = port(position);
  PluginTensorDesc desc = to_dynamic_desc(info, scaled(position, chosen)).desc;
  if (object_.dynamic() == nullptr) desc.dims = to_nv_dims(batch_.take_off(info.opt));
  return desc;
}

std::vector<Configuration> V2Candidate::configurations(Diagnostics& diag) {
  if (!plugin_types_known(node_, inputs_, op_.id().name, diag)) return {};
  const bool own_formats = object_.io() != nullptr || object_.dynamic() != nullptr;
  if (!own_formats) return one_format(diag);
  std::vector<Configuration> all = combinations(diag);
  for (Configuration& one : all) {
    for (size_t i = 0; i < inputs_; ++i) one.inputs[i] = scaled(i, one.inputs[i]);
    for (size_t i = 0; i < outputs_; ++i) one.outputs[i] = scaled(inputs_ + i, one.outputs[i]);
  }
  return all;
}

std::vector<Configuration> V2Candidate::combinations(Diagnostics& diag) const {
  Descs descs(inputs_ + outputs_);
  const Call call(op_.id(), "supportsFormatCombination");
  const FormatQuestions questions{
      [&](size_t position, const Port& chosen) {
        descs[position] = describe(position, chosen);
        const int32_t at = count(position), in = count(inputs_), out = count(outputs_);
        if (auto* io = object_.io()) {
          return io->supportsFormatCombination(at, descs.data(), in, out);
        }
        return object_.dynamic()->supportsFormatCombination(at, descs.data(), in, out);
      },
      [&](size_t position) { descs[position] = {}; }};
  return supported_formats(node_, inputs_, op_.id().name, kFormatLimit, questions, diag);
}

bool V2Candidate::supports_everywhere(TensorFormat format) const {
  const Call call(op_.id(), "supportsFormat");
  for (size_t i = 0; i < inputs_ + outputs_; ++i) {
    const kernel::PortInfo& info = port(i);
    const bool formatted = is_float(info.dtype);
    if (formatted && !kernel::fits(*to_layout(format), info.opt.rank())) return false;
    if (!object_.base().supportsFormat(*to_data_type(info.dtype),
                                       formatted ? format : TensorFormat::kLINEAR)) {
      return false;
    }
  }
  return true;
}

Configuration V2Candidate::in_format(TensorFormat format) const {
  Configuration configuration;
  for (size_t i = 0; i < inputs_ + outputs_; ++i) {
    const DType type = port(i).dtype;
    auto& side = i < inputs_ ? configuration.inputs : configuration.outputs;
    side.push_back({type, is_float(type) ? *to_layout(format) : kernel::Layout::linear(), 0});
  }
  return configuration;
}

/// IPluginV2 and IPluginV2Ext: one format for all floating-point tensors, the others linear.
std::vector<Configuration> V2Candidate::one_format(Diagnostics& diag) const {
  bool halves = false;
  for (size_t i = 0; i < inputs_ + outputs_; ++i) {
    const DType type = port(i).dtype;
    halves |= type == DType::F16 || type == DType::BF16;
    if (object_.family() == V2Family::Plain && type != port(0).dtype) {
      diag.info(
          "plugin {}: an IPluginV2 has one type for all its tensors, but this node has {} "
          "and {}: cast them, or make the plugin an IPluginV2Ext",
          op_.id().name, to_string(port(0).dtype), to_string(type));
      return {};
    }
  }
  std::vector<Configuration> all;
  for (const TensorFormat format : kOneFormat) {
    if (format != TensorFormat::kLINEAR && !halves) break;
    if (supports_everywhere(format)) all.push_back(in_format(format));
  }
  if (all.empty()) {
    diag.info("plugin {}: supportsFormat refuses the types of this node's tensors in every format",
              op_.id().name);
  }
  return all;
}

Status V2Candidate::configure(const Configuration& configuration, Diagnostics& diag) {
  (void)diag;  // The interface has no way to say no here.
  state_.reset();
  const Call call(op_.id(), "configurePlugin");
  if (object_.dynamic() != nullptr) {
    configure_dynamic(configuration);
  } else if (object_.io() != nullptr) {
    configure_io(configuration);
  } else {
    configure_static(configuration);
  }
  return {};
}

void V2Candidate::configure_static(const Configuration& configuration) {
  std::vector<nvinfer1::Dims> dims;
  std::vector<nvinfer1::DataType> types;
  TensorFormat format = TensorFormat::kLINEAR;
  for (size_t i = 0; i < inputs_ + outputs_; ++i) {
    dims.push_back(to_nv_dims(batch_.take_off(port(i).opt)));
    types.push_back(*to_data_type(port(i).dtype));
    const auto& side = i < inputs_ ? configuration.inputs : configuration.outputs;
    const Port& chosen = side[i < inputs_ ? i : i - inputs_];
    if (!chosen.layout.is_linear()) format = *to_format(chosen.layout);
  }
  nvinfer1::IPluginV2Ext* ext = object_.ext();
  if (ext == nullptr) {
    const auto type = types.empty() ? nvinfer1::DataType::kFLOAT : types[0];
    object_.base().configureWithFormat(dims.data(), count(inputs_), dims.data() + inputs_,
                                       count(outputs_), type, format, batch_.size());
    return;
  }
  // Nothing is broadcast across the batch: that belonged to networks with an implicit one.
  const auto broadcast = std::make_unique<bool[]>(inputs_ + outputs_ + 1);
  ext->configurePlugin(dims.data(), count(inputs_), dims.data() + inputs_, count(outputs_),
                       types.data(), types.data() + inputs_, broadcast.get(),
                       broadcast.get() + inputs_, format, batch_.size());
}

void V2Candidate::configure_io(const Configuration& configuration) {
  Descs descs;
  for (size_t i = 0; i < inputs_; ++i) descs.push_back(describe(i, configuration.inputs[i]));
  for (size_t i = 0; i < outputs_; ++i) {
    descs.push_back(describe(inputs_ + i, configuration.outputs[i]));
  }
  object_.io()->configurePlugin(descs.data(), count(inputs_), descs.data() + inputs_,
                                count(outputs_));
}

void V2Candidate::configure_dynamic(const Configuration& configuration) {
  std::vector<nvinfer1::DynamicPluginTensorDesc> descs;
  for (size_t i = 0; i < inputs_; ++i) {
    descs.push_back(to_dynamic_desc(port(i), scaled(i, configuration.inputs[i])));
  }
  for (size_t i = 0; i < outputs_; ++i) {
    descs.push_back(
        to_dynamic_desc(port(inputs_ + i), scaled(inputs_ + i, configuration.outputs[i])));
  }
  object_.dynamic()->configurePlugin(descs.data(), count(inputs_), descs.data() + inputs_,
                                     count(outputs_));
}

size_t V2Candidate::workspace(const Configuration& configuration) const {
  const Call call(op_.id(), "getWorkspaceSize");
  if (object_.dynamic() == nullptr) return object_.base().getWorkspaceSize(batch_.size());
  Descs greatest;
  for (size_t i = 0; i < inputs_ + outputs_; ++i) {
    const auto& side = i < inputs_ ? configuration.inputs : configuration.outputs;
    const Port& chosen = side[i < inputs_ ? i : i - inputs_];
    greatest.push_back(to_desc({chosen.dtype, chosen.layout, port(i).max, chosen.scale}));
  }
  return object_.dynamic()->getWorkspaceSize(greatest.data(), count(inputs_),
                                             greatest.data() + inputs_, count(outputs_));
}

Result<Bytes> V2Candidate::serialized(Diagnostics& diag) const {
  if (!state_) {
    TENON_ASSIGN(state_, serialize(object_, op_.id(), diag));
  }
  return *state_;
}

std::optional<std::string> V2Candidate::timing_key() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Result<Bytes> state = serialized(diag);
  if (!state.ok()) return std::nullopt;
  const ops::PluginId& id = op_.id();
  // Version 2 plugins give no timing cache id: what they write into the engine is what they are.
  return fmt::format("{}\n{}\n{}\n{:016x}{:016x}", id.name, id.version, id.name_space,
                     hash64(*state), hash64(*state, 1));
}

Result<kernel::Record> V2Candidate::record(const Configuration& configuration, int32_t tactic,
                                           int threads, Diagnostics& diag) {
  (void)threads;
  TENON_TRY(configure(configuration, diag));
  V2Params params;
  params.family = object_.family();
  params.workspace = workspace(configuration);
  TENON_ASSIGN(params.state, serialized(diag));
  kernel::Record record = record_of(id(), op_.id(), tactic, op_.library(), nullptr);
  record.params = pack(params);
  return record;
}

Result<std::unique_ptr<kernel::Loaded>> V2Candidate::load_for_timing(
    const Configuration& configuration, int32_t tactic, Diagnostics& diag) {
  (void)tactic;
  const size_t scratch = workspace(configuration);
  const Call call(op_.id(), "clone");
  TENON_ASSIGN(V2Object copy, object_.clone(diag));
  return make_v2_loaded(std::move(copy), op_.id(), node_.name, scratch, diag);
}

}  // namespace tenon::plugin
