// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records and keys.
#include "backends/simd/node_candidate.h"

#include "base/hash.h"

namespace tenon::simd {

uint32_t NodeCandidate::flags() const {
  using kernel::Flag;
  return Flag::Pure | static_cast<Flag>(Flag::Capturable | Flag::Safe);
}

std::optional<std::string> NodeCandidate::timing_key() const {
  const Result<Bytes> params = ops::pack(*node_.op);
  if (!params.ok()) return std::nullopt;
  std::string present;
  for (const kernel::PortInfo& input : node_.inputs) {
    present += !input.present ? '-' : input.constant != nullptr ? 'c' : 'x';
  }
  const std::span<const std::byte> bytes(*params);
  return fmt::format("{}:{:016x}{:016x}:{}", ops::name_of(*node_.op), hash64(bytes, 0),
                     hash64(bytes, 1),
                     present.size() <= 16 ? present : fmt::format("{:016x}", hash64(present)));
}

Result<kernel::Record> NodeCandidate::record(const kernel::Configuration& configuration,
                                             int32_t tactic, int threads, Diagnostics& diag) {
  ByteWriter params;
  TENON_ASSIGN(const Bytes op, ops::pack(packed_op()));
  params.raw(op);
  params.put(level_);
  add_params(configuration, params);
  kernel::Record record;
  record.id = id();
  record.params = std::move(params).bytes();
  record.tactic = tactic;
  record.threads = threads;
  record.metadata = to_string(level_);
  record.isa = isa_of(level_);
  TENON_TRY(add_packed(configuration, tactic, record.packed, diag));
  return record;
}

std::vector<int> NodeCandidate::threads_for(int64_t operations) const {
  std::vector<int> counts = {1};
  constexpr int64_t kWorthWaking = 20'000;
  if (operations < kWorthWaking) return counts;
  for (int threads = 2; threads < target_.cores; threads *= 2) counts.push_back(threads);
  if (target_.cores > 1) counts.push_back(target_.cores);
  return counts;
}

kernel::Configuration NodeCandidate::uniform(kernel::Layout input, kernel::Layout output) const {
  kernel::Configuration configuration;
  for (const kernel::PortInfo& port : node_.inputs) {
    configuration.inputs.push_back({port.dtype, input, 0});
  }
  for (const kernel::PortInfo& port : node_.outputs) {
    configuration.outputs.push_back({port.dtype, output, 0});
  }
  return configuration;
}

std::vector<float> floats_of(const ops::ConstantData& constant) {
  std::vector<float> values(static_cast<size_t>(constant.count()));
  if (constant.dtype() == DType::F32) {
    std::memcpy(values.data(), constant.bytes().data(), constant.bytes().size());
    return values;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(constant.real(static_cast<int64_t>(i)));
  }
  return values;
}

Bytes bytes_of(std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

std::string refuse_unless_f32(const kernel::NodeInfo& node) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i].present && node.inputs[i].dtype != DType::F32) {
      return fmt::format("input {} is {}, and only f32 is served here", i,
                         tenon::to_string(node.inputs[i].dtype));
    }
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].dtype != DType::F32) {
      return fmt::format("output {} is {}, and only f32 is served here", i,
                         tenon::to_string(node.outputs[i].dtype));
    }
  }
  return {};
}

}  // namespace tenon::simd
