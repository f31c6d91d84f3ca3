// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of the toy engine.
#include <algorithm>
#include <cstring>

#include "base/thread_scope.h"

#include "test/faults/toy_engine.h"

namespace tenon::toy {

namespace {

using kernel::RunArgs;
using kernel::TensorDesc;
using Descs = std::span<const TensorDesc>;

constexpr Status kBadShapes{Code::InvalidPlan, "shapes or types do not fit the kernel"};
constexpr Status kBadRecord{Code::InvalidPlan, "the record does not fit the kernel"};
constexpr Status kNull{Code::InvalidPlan, "an input or output has no memory"};

bool is(const TensorDesc& desc, DType dtype, int rank) {
  return desc.dtype == dtype && desc.layout.is_linear() && desc.dims.rank() == rank;
}
bool is_rows(const TensorDesc& desc) { return is(desc, DType::F32, 2) && desc.dims[1] == 3; }

const float* floats(const RunArgs& args, int input) {
  return static_cast<const float*>(args.inputs[input]);
}

struct ScaleState {
  float bias[3] = {};
};

Status scale_shapes(Descs in, Descs out) {
  const bool fit = in.size() == 3 && out.size() == 1 && is_rows(in[0]) && is_rows(out[0]) &&
                   is(in[1], DType::F32, 1) && in[1].dims[0] == 3 && in[0].dims == out[0].dims;
  return fit ? Status{} : kBadShapes;
}

Status run_scale(const RunArgs& args, const ScaleState& state) {
  if (args.inputs[0] == nullptr || args.inputs[1] == nullptr || args.outputs[0] == nullptr) {
    return kNull;
  }
  auto* out = static_cast<float*>(args.outputs[0]);
  for (int64_t i = 0; i < args.input_descs[0].elements(); ++i) {
    out[i] = floats(args, 0)[i] * floats(args, 1)[i % 3] + state.bias[i % 3];
  }
  return {};
}

Status repeat_shapes(Descs in, Descs out) {
  const bool fit = in.size() == 2 && out.size() == 1 && is_rows(in[0]) && is_rows(out[0]) &&
                   is(in[1], DType::I64, 1) && in[1].dims[0] == 1;
  return fit ? Status{} : kBadShapes;
}

Status run_repeat(const RunArgs& args, const ScaleState& /*state*/) {
  if (args.inputs[0] == nullptr || args.inputs[1] == nullptr || args.outputs[0] == nullptr) {
    return kNull;
  }
  const int64_t times = *static_cast<const int64_t*>(args.inputs[1]);
  const int64_t rows = args.output_descs[0].dims[0];
  if (times < 1 || args.input_descs[0].dims[0] != rows / times || rows % times != 0) {
    return {Code::InvalidArgument, "the number of repeats contradicts the shapes"};
  }
  auto* out = static_cast<float*>(args.outputs[0]);
  for (int64_t row = 0; row < rows; ++row) {
    std::memcpy(out + row * 3, floats(args, 0) + row / times * 3, 3 * sizeof(float));
  }
  return {};
}

Status positives_shapes(Descs in, Descs out) {
  const bool fit = in.size() == 1 && out.size() == 2 && is(in[0], DType::F32, in[0].dims.rank()) &&
                   is(out[0], DType::F32, 1) && is(out[1], DType::I32, 0);
  return fit ? Status{} : kBadShapes;
}

Status run_positives(const RunArgs& args, const ScaleState& /*state*/) {
  const int64_t count = args.input_descs[0].elements();
  if (args.outputs[1] == nullptr) return kNull;
  if (count > 0 &&
      (args.inputs[0] == nullptr || args.outputs[0] == nullptr || args.workspace == nullptr)) {
    return kNull;
  }
  auto* kept = static_cast<float*>(args.workspace);
  int32_t hits = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (floats(args, 0)[i] > 0) kept[hits++] = floats(args, 0)[i];
  }
  // More hits than were declared are told, not written.
  const int64_t written = std::min<int64_t>(hits, args.output_descs[0].dims[0]);
  if (written > 0) {
    std::memcpy(args.outputs[0], kept, static_cast<size_t>(written) * sizeof(float));
  }
  *static_cast<int32_t*>(args.outputs[1]) = hits;
  return {};
}

Status copy_shapes(Descs in, Descs out) {
  return in.size() == 1 && out.size() == 1 && in[0] == out[0] ? Status{} : kBadShapes;
}

Status run_copy(const RunArgs& args, const ScaleState& /*state*/) {
  const auto bytes = static_cast<size_t>(args.input_descs[0].bytes());
  if (bytes == 0) return {};
  if (args.inputs[0] == nullptr || args.outputs[0] == nullptr) return kNull;
  std::memcpy(args.outputs[0], args.inputs[0], bytes);
  return {};
}

struct Kind {
  std::string_view name;
  Status (*on_shapes)(Descs, Descs);
  Status (*run)(const RunArgs&, const ScaleState&);
};
constexpr Kind kKinds[] = {{"scale", scale_shapes, run_scale},
                           {"repeat", repeat_shapes, run_repeat},
                           {"positives", positives_shapes, run_positives},
                           {"copy", copy_shapes, run_copy}};

class ToyInstance final : public kernel::Instance {
 public:
  ToyInstance(const Kind& kind, const ScaleState& state, Calls* calls)
      : kind_(kind), state_(state), calls_(calls) {}
  Status on_shapes(Descs inputs, Descs outputs) noexcept override {
    if (calls_ != nullptr) calls_->threads = thread_limit();
    if (calls_ != nullptr) ++calls_->on_shapes;
    if (calls_ != nullptr && kind_.name == "positives") ++calls_->plugin_on_shapes;
    return kind_.on_shapes(inputs, outputs);
  }
  Status run(const RunArgs& args) noexcept override { return kind_.run(args, state_); }

 private:
  const Kind& kind_;
  ScaleState state_;
  Calls* calls_;
};

class ToyLoaded final : public kernel::Loaded {
 public:
  ToyLoaded(const Kind& kind, const ScaleState& state, Calls* calls)
      : kind_(kind), state_(state), calls_(calls) {}
  [[nodiscard]] size_t workspace(Descs inputs, Descs /*outputs*/) const noexcept override {
    const bool needs = kind_.name == "positives" && !inputs.empty();
    return needs ? static_cast<size_t>(inputs[0].bytes()) : 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& /*resources*/) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<ToyInstance>(kind_, state_, calls_));
  }

 private:
  const Kind& kind_;
  ScaleState state_;
  Calls* calls_;
};

Result<std::unique_ptr<kernel::Loaded>> load_toy(const kernel::RecordView& record, Calls* calls,
                                                 Diagnostics& diag) {
  for (const Kind& kind : kKinds) {
    if (kind.name != record.name || record.version != 1) continue;
    ScaleState state;
    if (kind.name == "scale") {
      ByteReader params(record.params);
      const bool fit = params.take<uint32_t>() == 3 && params.ok() && record.packed.size() == 1 &&
                       record.packed[0].layout.size() == 1 &&
                       record.packed[0].layout[0] == std::byte{7} &&
                       record.packed[0].data.size() == sizeof(state.bias);
      if (!fit) return diag.fail(kBadRecord.code, "{}", kBadRecord.what);
      std::memcpy(state.bias, record.packed[0].data.data(), sizeof(state.bias));
    }
    return std::unique_ptr<kernel::Loaded>(std::make_unique<ToyLoaded>(kind, state, calls));
  }
  return diag.fail(Code::NotFound, "there is no kernel toy/{}@{}", record.name, record.version);
}

}  // namespace

Loaders::Loaders(Calls* calls)
    : load_([calls](const kernel::RecordView& record, Diagnostics& diag) {
        return load_toy(record, calls, diag);
      }) {}

const kernel::LoadFunction* Loaders::find_loader(std::string_view family) const noexcept {
  return family == "toy" ? &load_ : nullptr;
}

}  // namespace tenon::toy
