// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Candidates and records of own kernels.
#include "backends/cuda/own_kernel.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "backends/cuda/compile.h"
#include "base/hash.h"
#include "kernel/foresight.h"

namespace tenon::cuda {

namespace {

class OwnCandidate final : public kernel::Candidate, public kernel::Foresight {
 public:
  OwnCandidate(const Row& row, const kernel::NodeInfo& node, const device::Target& target,
               const OwnKernel& own)
      : row_(row), node_(node), target_(target), own_(own) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"cuda", row_.name, row_.version}; }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::Pure | kernel::Flag::Capturable;
  }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return own_.configurations(node_);
  }
  std::vector<int32_t> tactics() override {
    return own_.tactics == nullptr ? std::vector<int32_t>{0} : own_.tactics(node_);
  }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    return own_.aliases == nullptr ? std::vector<kernel::Alias>{} : own_.aliases(node_);
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    return timing_key_of(node_);
  }
  void foresee(const kernel::Configuration& configuration) override {
    const std::string text = own_.text(node_, configuration);
    if (!text.empty()) compile_ahead(text, target_.gpu.sm);
  }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic, int,
                                Diagnostics& diag) override {
    ByteWriter parameters;
    if (own_.parameters != nullptr) own_.parameters(node_, configuration, parameters);
    TENON_ASSIGN(kernel::Record record,
                 make_own_record(id(), configuration, own_.text(node_, configuration),
                                 parameters.bytes(), target_.gpu.sm, diag));
    record.tactic = tactic;
    return record;
  }

 private:
  const Row& row_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  const OwnKernel& own_;
};

/// Whether all kernels of a text begin as the prelude says.
bool all_wait(std::string_view text) {
  const auto count = [&](std::string_view word) {
    size_t found = 0;
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
  };
  return count("__global__") == count("begin_kernel();");
}

void put_port(const kernel::Port& port, ByteWriter& bytes) {
  bytes.put(port.dtype);
  bytes.put(port.layout.order);
  bytes.put(port.layout.channel_from_end);
  bytes.put(port.layout.vector);
}

bool matches(ByteReader& bytes, const kernel::TensorDesc& desc) {
  const auto dtype = bytes.take<uint8_t>(), order = bytes.take<uint8_t>();
  const auto from_end = bytes.take<uint8_t>(), vector = bytes.take<uint8_t>();
  if (!bytes.ok() || dtype >= kDTypeCount || order > 1 || vector == 0) return false;
  const kernel::Layout layout{static_cast<kernel::Layout::Order>(order), from_end, vector, 0, 0};
  return desc.absent() || (desc.dtype == static_cast<DType>(dtype) && desc.layout == layout &&
                           kernel::fits(layout, desc.dims.rank()));
}

}  // namespace

std::unique_ptr<kernel::Candidate> make_own_candidate(const Row& row, const kernel::NodeInfo& node,
                                                      const device::Target& target,
                                                      const OwnKernel& own) {
  return std::make_unique<OwnCandidate>(row, node, target, own);
}

Result<kernel::Record> make_own_record(kernel::KernelId id,
                                       const kernel::Configuration& configuration,
                                       const std::string& text, const Bytes& parameters, int sm,
                                       Diagnostics& diag) {
  ByteWriter bytes;
  put_ports(configuration, bytes);
  bytes.raw(parameters);
  kernel::Record record;
  record.id = std::move(id);
  record.params = std::move(bytes).bytes();
  if (text.empty()) return record;
  TENON_ASSIGN(const auto code, compile(text, sm, diag));
  const std::string layout = cubin_layout(sm) + (all_wait(text) ? std::string(kWaits) : "");
  const auto raw = std::as_bytes(std::span(layout.data(), layout.size()));
  record.packed.push_back({{raw.begin(), raw.end()}, *code});
  record.metadata = layout;
  return record;
}

void put_ports(const kernel::Configuration& configuration, ByteWriter& bytes) {
  bytes.put(static_cast<uint32_t>(configuration.inputs.size()));
  bytes.put(static_cast<uint32_t>(configuration.outputs.size()));
  for (const kernel::Port& port : configuration.inputs) put_port(port, bytes);
  for (const kernel::Port& port : configuration.outputs) put_port(port, bytes);
}

uint64_t present_inputs(const kernel::NodeInfo& node) {
  uint64_t present = 0;
  for (size_t i = 0; i < node.inputs.size() && i < 64; ++i) {
    if (node.inputs[i].present) present |= uint64_t{1} << i;
  }
  return present;
}

std::vector<kernel::TensorDesc> with_absent(std::span<const kernel::TensorDesc> inputs,
                                            uint64_t present) {
  std::vector<kernel::TensorDesc> descs(inputs.begin(), inputs.end());
  for (size_t i = 0; i < descs.size() && i < 64; ++i) {
    if ((present >> i & 1U) == 0) descs[i] = {};
  }
  return descs;
}

Status expect_ports(ByteReader& bytes, const kernel::RecordView& record, Diagnostics& diag) {
  const auto inputs = bytes.take<uint32_t>(), outputs = bytes.take<uint32_t>();
  if (!bytes.ok() || inputs != record.inputs.size() || outputs != record.outputs.size()) {
    return damaged(record, diag);
  }
  for (const kernel::TensorDesc& desc : record.inputs) {
    if (!matches(bytes, desc)) return damaged(record, diag);
  }
  for (const kernel::TensorDesc& desc : record.outputs) {
    if (!matches(bytes, desc) || desc.absent()) return damaged(record, diag);
  }
  return {};
}

Status damaged(const kernel::RecordView& record, Diagnostics& diag) {
  return diag.fail(
      Code::InvalidPlan,
      "layer '{}': the parameters of kernel cuda/{} are damaged; build the engine anew",
      record.node_name, record.name);
}

std::optional<std::string> timing_key_of(const kernel::NodeInfo& node) {
  const Result<Bytes> params = ops::pack(*node.op);
  if (!params.ok()) return std::nullopt;
  std::string present;
  for (const kernel::PortInfo& input : node.inputs) {
    present += !input.present ? '-' : input.constant != nullptr ? 'c' : 'x';
  }
  const std::span<const std::byte> bytes(*params);
  return fmt::format("{}:{:016x}{:016x}:{}", ops::name_of(*node.op), hash64(bytes, 0),
                     hash64(bytes, 1),
                     present.size() <= 16 ? present : fmt::format("{:016x}", hash64(present)));
}

kernel::Configuration uniform(const kernel::NodeInfo& node, kernel::Layout input,
                              kernel::Layout output) {
  kernel::Configuration configuration;
  for (const kernel::PortInfo& port : node.inputs) {
    configuration.inputs.push_back({port.dtype, input, 0});
  }
  for (const kernel::PortInfo& port : node.outputs) {
    configuration.outputs.push_back({port.dtype, output, 0});
  }
  return configuration;
}

std::vector<kernel::Configuration> linear_configurations(const kernel::NodeInfo& node) {
  return {uniform(node, kernel::Layout::linear(), kernel::Layout::linear())};
}

void packed_operator(const kernel::NodeInfo& node, const kernel::Configuration&,
                     ByteWriter& parameters) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) parameters.raw(*packed);
}

bool has_input(const kernel::NodeInfo& node, size_t input) {
  return input < node.inputs.size() && node.inputs[input].present;
}

const char* type_name(DType type) noexcept {
  constexpr const char* kNames[] = {"float",         "half_t", "bfloat_t", "double", "signed char",
                                    "unsigned char", "short",  "int",      "i64",    "bool_t"};
  const auto number = static_cast<size_t>(type);
  return number < std::size(kNames) ? kNames[number] : nullptr;
}

const char* moved_name(DType type) noexcept {
  switch (byte_size(type, 1)) {
    case 1:
      return "signed char";
    case 2:
      return "short";
    case 4:
      return "int";
    default:
      return "i64";
  }
}

std::string refuse_types(const kernel::NodeInfo& node, std::initializer_list<DType> types) {
  const auto fault = [&](const char* side, size_t i, const kernel::PortInfo& port) -> std::string {
    if (!port.present || std::ranges::count(types, port.dtype) != 0) return {};
    return fmt::format("{} {} is {}, which is not served here", side, i, to_string(port.dtype));
  };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (std::string reason = fault("input", i, node.inputs[i]); !reason.empty()) return reason;
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (std::string reason = fault("output", i, node.outputs[i]); !reason.empty()) return reason;
  }
  return {};
}

std::string activated(const ops::Activation& activation, const std::string& value) {
  if (activation.kind == ops::ActivationKind::None) return value;
  return fmt::format("act_{}({}, __int_as_float(0x{:08x}), __int_as_float(0x{:08x}))",
                     ops::to_string(activation.kind), value,
                     std::bit_cast<uint32_t>(activation.alpha),
                     std::bit_cast<uint32_t>(activation.beta));
}

}  // namespace tenon::cuda
