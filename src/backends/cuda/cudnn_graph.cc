// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs of cuDNN: tensors and operations as descriptors.
#include "backends/cuda/cudnn_graph.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "device/gpu.h"
#include "ops/op.h"

namespace tenon::cuda {

namespace {

using kernel::Layout;
using kernel::TensorDesc;
namespace kind = cudnn_kind;
namespace type = cudnn_type;

// Attributes, by the descriptor they belong to.
enum : int { kPointwiseMode = 0, kPointwisePrecision = 1, kReluLow = 3, kReluHigh = 4 };
enum : int {
  kConvolutionType = 100,
  kConvolutionMode = 101,
  kConvolutionDilations = 102,
  kConvolutionStrides = 103,
  kConvolutionPadsEnd = 104,
  kConvolutionPadsBegin = 105,
  kConvolutionAxes = 106
};
enum : int { kHeuristicsMode = 200, kHeuristicsGraph = 201, kHeuristicsResults = 202 };
enum : int { kConfigEngine = 300, kConfigKnobs = 302 };
enum : int { kPlanHandle = 400, kPlanConfig = 401, kPlanWorkspace = 402 };
enum : int { kKnobType = 600, kKnobValue = 601 };
enum : int {
  kForwardAlpha = 700,
  kForwardBeta = 701,
  kForwardConvolution = 702,
  kForwardW = 703,
  kForwardX = 704,
  kForwardY = 705
};
enum : int { kOperationPointwise = 750, kOperationX = 751, kOperationB = 752, kOperationY = 753 };
enum : int { kGraphHandle = 800, kGraphOperations = 801 };
enum : int {
  kTensorAlignment = 900,
  kTensorType = 901,
  kTensorDims = 902,
  kTensorStrides = 903,
  kTensorId = 906,
  kTensorVirtual = 907
};
enum : int { kEngineGraph = 1300, kEngineIndex = 1301, kEngineNotes = 1303 };
// Values.
enum : int { kDataFloat = 0, kDataHalf = 2, kDataBfloat = 9 };
enum : int { kAdd = 0, kRelu = 100, kTanh = 101, kSigmoid = 102 };
enum : int { kCrossCorrelation = 1, kModeFallback = 2, kModeA = 3 };
enum : int { kNoteTensorCore = 0, kNoteDownConvert = 1, kNoteReduced = 2, kNoteRandomOrder = 4 };

constexpr Status kRefusedGraph{Code::Device, "cuDNN refuses the description of a convolution"};

int data_type(DType dtype) {
  return dtype == DType::F16 ? kDataHalf : dtype == DType::BF16 ? kDataBfloat : kDataFloat;
}

/// Extents and strides with at least two spatial axes.
struct Extents {
  std::vector<int64_t> dims, strides;

  Extents(const Dims& from, bool channels_last) {
    dims.assign(from.begin(), from.end());
    if (dims.size() == 3) dims.insert(dims.begin() + 2, 1);
    strides.resize(dims.size());
    int64_t step = 1;
    if (channels_last) {
      strides[1] = 1;
      step = dims[1];
    }
    for (size_t axis = dims.size(); axis-- > 0;) {
      if (channels_last && axis == 1) continue;
      strides[axis] = step;
      step *= dims[axis];
    }
  }
};

CudnnDescriptor tensor(int64_t id, int dtype, const Extents& extents, bool is_virtual) {
  CudnnDescriptor made(kind::kTensor);
  made.set(kTensorType, type::kDataType, dtype)
      .set(kTensorDims, type::kInt64, std::span<const int64_t>(extents.dims))
      .set(kTensorStrides, type::kInt64, std::span<const int64_t>(extents.strides))
      .set(kTensorId, type::kInt64, id)
      .set(kTensorAlignment, type::kInt64, int64_t{16});
  if (is_virtual) made.set(kTensorVirtual, type::kBoolean, true);
  made.finalize();
  return made;
}

/// A list with one entry a spatial axis, at least two.
std::vector<int64_t> axes_of(const Dims& list, int64_t missing) {
  std::vector<int64_t> values(list.begin(), list.end());
  if (values.size() == 1) values.insert(values.begin(), missing);
  return values;
}

CudnnChoice choice_of(const CudnnDescriptor& config, const CudnnDescriptor& engine) {
  CudnnChoice choice;
  choice.engine = engine.number(kEngineIndex);
  constexpr size_t kMostKnobs = 64;
  std::vector<CudnnDescriptor> knobs;
  std::vector<void*> raw;
  for (size_t i = 0; i < kMostKnobs; ++i)
    raw.push_back(knobs.emplace_back(kind::kKnobChoice).get());
  const int64_t count = config.get(kConfigKnobs, type::kDescriptor, std::span(raw));
  for (int64_t i = 0; i < count && i < static_cast<int64_t>(kMostKnobs); ++i) {
    int32_t knob = -1;
    const CudnnDescriptor& one = knobs[static_cast<size_t>(i)];
    one.get(kKnobType, type::kKnobType, std::span(&knob, 1));
    choice.knobs.emplace_back(knob, one.number(kKnobValue));
  }
  return choice;
}

bool has_forbidden_notes(const CudnnDescriptor& engine, bool keeps_f32) {
  int32_t notes[16] = {};
  const int64_t count = engine.get(kEngineNotes, type::kNumericalNote, std::span<int32_t>(notes));
  return std::any_of(notes, notes + std::min<int64_t>(count, 16), [&](int32_t note) {
    const bool lessens =
        note == kNoteTensorCore || note == kNoteDownConvert || note == kNoteReduced;
    return note == kNoteRandomOrder || (keeps_f32 && lessens);
  });
}

/// Modes of what follows a convolution, and the tensor that is added (0 for an activation): in the
/// order in which the library's own fused convolutions have them.
std::vector<std::pair<int, int64_t>> operations_after(const CudnnFusion& fusion) {
  std::vector<std::pair<int, int64_t>> follow;
  if (fusion.residual) follow.emplace_back(kAdd, kCudnnResidual);
  if (fusion.bias) follow.emplace_back(kAdd, kCudnnBias);
  using ops::ActivationKind;
  const ActivationKind activation = fusion.activation.kind;
  if (activation == ActivationKind::None) return follow;
  follow.emplace_back(activation == ActivationKind::Sigmoid ? int{kSigmoid}
                      : activation == ActivationKind::Tanh  ? int{kTanh}
                                                            : int{kRelu},
                      0);
  return follow;
}

/// Everything that a graph is made of, and for which GPU.
Result<std::string> key_of(const ops::Convolution& op, std::span<const TensorDesc> inputs,
                           const TensorDesc& output, const CudnnFusion& fusion) {
  ops::Convolution plain = op;
  plain.activation = fusion.activation;
  TENON_ASSIGN(const Bytes packed, ops::pack(ops::Op(plain)));
  const std::span<const std::byte> bytes(packed);
  const device::Gpu* gpu = device::Gpu::current();
  return fmt::format("{} {:016x}{:016x} {} {} {} {} {} {}{}", gpu != nullptr ? gpu->ordinal() : -1,
                     hash64(bytes, 0), hash64(bytes, 1), to_string(output.dtype),
                     kernel::to_string(output.layout), to_string(inputs[0].dims),
                     to_string(inputs[1].dims), to_string(output.dims), fusion.bias ? "b" : "",
                     fusion.residual ? "r" : "");
}

}  // namespace

bool cudnn_activates(const ops::Activation& activation) {
  using ops::ActivationKind;
  return activation.kind == ActivationKind::None || activation.kind == ActivationKind::Relu ||
         activation.kind == ActivationKind::Clip || activation.kind == ActivationKind::Sigmoid ||
         activation.kind == ActivationKind::Tanh;
}

bool CudnnGraph::add_convolution(const ops::Convolution& op, int spatial) {
  const auto dilations = axes_of(op.dilations, 1), strides = axes_of(op.strides, 1);
  const auto begin = axes_of(op.pads_begin, 0), end = axes_of(op.pads_end, 0);
  CudnnDescriptor& convolution = helpers_.emplace_back(kind::kConvolution);
  convolution.set(kConvolutionType, type::kDataType, int{kDataFloat})
      .set(kConvolutionMode, type::kConvolutionMode, int{kCrossCorrelation})
      .set(kConvolutionAxes, type::kInt64, static_cast<int64_t>(spatial))
      .set(kConvolutionDilations, type::kInt64, std::span<const int64_t>(dilations))
      .set(kConvolutionStrides, type::kInt64, std::span<const int64_t>(strides))
      .set(kConvolutionPadsBegin, type::kInt64, std::span<const int64_t>(begin))
      .set(kConvolutionPadsEnd, type::kInt64, std::span<const int64_t>(end))
      .finalize();
  return convolution.ok();
}

bool CudnnGraph::add_pointwise(int mode, const CudnnDescriptor& x, const CudnnDescriptor* b,
                               const CudnnDescriptor& y, const ops::Activation* activation) {
  CudnnDescriptor pointwise(kind::kPointwise);
  pointwise.set(kPointwiseMode, type::kPointwiseMode, mode)
      .set(kPointwisePrecision, type::kDataType, int{kDataFloat});
  if (activation != nullptr && activation->kind == ops::ActivationKind::Clip) {
    pointwise.set(kReluLow, type::kDouble, static_cast<double>(activation->alpha))
        .set(kReluHigh, type::kDouble, static_cast<double>(activation->beta));
  }
  pointwise.finalize();
  CudnnDescriptor operation(kind::kPointwiseOperation);
  operation.set(kOperationPointwise, pointwise).set(kOperationX, x);
  if (b != nullptr) operation.set(kOperationB, *b);
  operation.set(kOperationY, y).finalize();
  helpers_.push_back(std::move(pointwise));
  const bool ok = operation.ok();
  operations_.push_back(std::move(operation));
  return ok;
}

Result<CudnnGraph> CudnnGraph::make(const ops::Convolution& op, std::span<const TensorDesc> inputs,
                                    const TensorDesc& output, const CudnnFusion& fusion) {
  void* handle = cudnn_handle();
  if (handle == nullptr) return Status{Code::NotFound, "cuDNN is not there"};
  CudnnGraph graph;
  TENON_ASSIGN(graph.key_, key_of(op, inputs, output, fusion));
  const int dtype = data_type(output.dtype);
  const bool last = output.layout.order == Layout::Order::ChannelsLast;
  const Extents x(inputs[0].dims, last), w(inputs[1].dims, last), y(output.dims, last);
  // References into these lists are held below.
  graph.tensors_.reserve(8);
  const auto add = [&](int64_t id, const Extents& extents, bool is_virtual) -> CudnnDescriptor& {
    return graph.tensors_.emplace_back(
        tensor(id, is_virtual ? int{kDataFloat} : dtype, extents, is_virtual));
  };
  const auto follow = operations_after(fusion);
  int64_t virtual_id = 100;
  const CudnnDescriptor& dx = add(kCudnnX, x, false);
  const CudnnDescriptor& dw = add(kCudnnWeights, w, false);
  const CudnnDescriptor* at =
      follow.empty() ? &add(kCudnnY, y, false) : &add(virtual_id++, y, true);
  if (!graph.add_convolution(op, static_cast<int>(x.dims.size()) - 2)) return kRefusedGraph;
  CudnnDescriptor& forward = graph.operations_.emplace_back(kind::kConvolutionOperation);
  forward.set(kForwardAlpha, type::kFloat, 1.0F)
      .set(kForwardBeta, type::kFloat, 0.0F)
      .set(kForwardConvolution, graph.helpers_[0])
      .set(kForwardX, dx)
      .set(kForwardW, dw)
      .set(kForwardY, *at)
      .finalize();
  if (!forward.ok()) return kRefusedGraph;
  for (size_t i = 0; i < follow.size(); ++i) {
    const auto [mode, operand] = follow[i];
    const CudnnDescriptor* b = nullptr;
    if (operand == kCudnnResidual) b = &add(kCudnnResidual, y, false);
    if (operand == kCudnnBias) {
      Dims channels = Dims::filled(output.dims.rank(), 1);
      channels[1] = output.dims[1];
      b = &add(kCudnnBias, Extents(channels, last), false);
    }
    const bool is_last = i + 1 == follow.size();
    const CudnnDescriptor& to = is_last ? add(kCudnnY, y, false) : add(virtual_id++, y, true);
    if (!graph.add_pointwise(mode, *at, b, to, b == nullptr ? &fusion.activation : nullptr)) {
      return kRefusedGraph;
    }
    at = &to;
  }
  std::vector<void*> operations;
  for (const CudnnDescriptor& one : graph.operations_) operations.push_back(one.get());
  graph.graph_ = CudnnDescriptor(kind::kGraph);
  graph.graph_.set(kGraphHandle, type::kHandle, handle)
      .set(kGraphOperations, type::kDescriptor, std::span<void* const>(operations))
      .finalize();
  if (!graph.graph_.ok()) return kRefusedGraph;
  return graph;
}

std::vector<CudnnDescriptor> CudnnGraph::configurations(int mode) const {
  CudnnDescriptor heuristics(kind::kHeuristics);
  heuristics.set(kHeuristicsGraph, graph_)
      .set(kHeuristicsMode, type::kHeuristicMode, mode)
      .finalize();
  constexpr size_t kMost = 24;
  std::vector<CudnnDescriptor> all;
  std::vector<void*> raw;
  for (size_t i = 0; i < kMost; ++i) raw.push_back(all.emplace_back(kind::kEngineConfig).get());
  const int64_t count = heuristics.get(kHeuristicsResults, type::kDescriptor, std::span(raw));
  all.resize(static_cast<size_t>(std::clamp<int64_t>(count, 0, kMost)));
  return all;
}

std::vector<CudnnChoice> CudnnGraph::proposals(size_t most, bool tf32) const {
  std::vector<CudnnChoice> chosen;
  for (const int mode : {int{kModeA}, int{kModeFallback}}) {
    if (!chosen.empty()) break;
    for (const CudnnDescriptor& config : configurations(mode)) {
      if (chosen.size() >= most) break;
      CudnnDescriptor engine(kind::kEngine);
      void* raw = engine.get();
      if (config.get(kConfigEngine, type::kDescriptor, std::span(&raw, 1)) != 1) continue;
      if (has_forbidden_notes(engine, !tf32)) continue;
      chosen.push_back(choice_of(config, engine));
    }
  }
  return chosen;
}

CudnnDescriptor CudnnGraph::plan(const CudnnChoice& choice) const {
  CudnnDescriptor engine(kind::kEngine);
  engine.set(kEngineGraph, graph_).set(kEngineIndex, type::kInt64, choice.engine).finalize();
  std::vector<CudnnDescriptor> knobs;
  std::vector<void*> raw;
  for (const auto& [knob, value] : choice.knobs) {
    CudnnDescriptor& one = knobs.emplace_back(kind::kKnobChoice);
    one.set(kKnobType, type::kKnobType, static_cast<int32_t>(knob))
        .set(kKnobValue, type::kInt64, value)
        .finalize();
    raw.push_back(one.get());
  }
  CudnnDescriptor config(kind::kEngineConfig);
  config.set(kConfigEngine, engine);
  if (!raw.empty()) config.set(kConfigKnobs, type::kDescriptor, std::span<void* const>(raw));
  config.finalize();
  CudnnDescriptor plan(kind::kPlan);
  plan.set(kPlanHandle, type::kHandle, cudnn_handle()).set(kPlanConfig, config).finalize();
  return plan;
}

size_t CudnnGraph::workspace(const CudnnDescriptor& plan) {
  return static_cast<size_t>(std::max<int64_t>(plan.number(kPlanWorkspace), 0));
}

}  // namespace tenon::cuda
