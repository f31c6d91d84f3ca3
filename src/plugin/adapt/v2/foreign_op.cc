// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes as the plugin tells them.
#include "plugin/adapt/v2/foreign_op.h"

#include <algorithm>

#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/expressions.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/host.h"
#include "plugin/adapt/v2/batch.h"
#include "plugin/adapt/v2/candidate.h"
#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

constexpr std::string_view kFamilies[] = {"v2", "v2_ext", "v2_io_ext", "v2_dynamic_ext"};

}  // namespace

Result<std::shared_ptr<V2Op>> V2Op::create(const nvinfer1::IPluginV2& original,
                                           std::string node_name, std::string library,
                                           std::string parameters, Diagnostics& diag) {
  const ops::PluginId id = V2Object::id_of(original);
  const Call call(id, "clone");
  TENON_ASSIGN(V2Object object, V2Object::open(original.clone(), "clone() of the plugin", diag));
  const int32_t outputs = object.base().getNbOutputs();
  if (outputs < 1 || outputs > kMaxOutputs) {
    return diag.fail(Code::Plugin, "getNbOutputs() of the plugin gives {}: at least 1 is needed",
                     outputs);
  }
  std::shared_ptr<V2Op> op(new V2Op(std::move(object)));
  op->id_ = id;
  op->outputs_ = static_cast<size_t>(outputs);
  op->node_name_ = std::move(node_name);
  op->library_ = std::move(library);
  op->parameters_ = std::move(parameters);
  return op;
}

std::string_view V2Op::family() const noexcept {
  return kFamilies[static_cast<size_t>(object_.family())];
}

std::shared_ptr<ops::ForeignOp> V2Op::clone() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Call call(id_, "clone");
  auto object = object_.clone(diag);
  if (!object.ok()) return nullptr;
  std::shared_ptr<V2Op> copy(new V2Op(std::move(*object)));
  copy->id_ = id_;
  copy->outputs_ = outputs_;  // Asked once, when the layer was added.
  copy->node_name_ = node_name_;
  copy->library_ = library_;
  copy->parameters_ = parameters_;
  copy->scales_ = scales_;
  return copy;
}

bool V2Op::take_integers(std::span<const Dims> dims, std::span<const float> scales) {
  nvinfer1::IPluginV2IOExt* io = object_.io();
  nvinfer1::IPluginV2DynamicExt* dynamic = object_.dynamic();
  if (io == nullptr && dynamic == nullptr) return false;
  const auto total = static_cast<int32_t>(dims.size()), out = static_cast<int32_t>(outputs_);
  const Batch batch = dims.empty() ? Batch() : Batch(dims[0]);
  const Call call(id_, "supportsFormatCombination");
  std::vector<nvinfer1::PluginTensorDesc> descs(dims.size());
  const auto supports = [&](size_t at, nvinfer1::TensorFormat format) {
    descs[at] = {to_nv_dims(io != nullptr ? batch.take_off(dims[at]) : dims[at]),
                 nvinfer1::DataType::kINT8, format, scales[at]};
    const auto position = static_cast<int32_t>(at);
    return io != nullptr
               ? io->supportsFormatCombination(position, descs.data(), total - out, out)
               : dynamic->supportsFormatCombination(position, descs.data(), total - out, out);
  };
  if (!takes_integers(dims.size(), supports)) return false;
  scales_.assign(scales.begin(), scales.end());
  return true;
}

Status V2Op::infer(ops::Inference& inference) {
  std::vector<DType> types;
  TENON_TRY(infer_types(inference, types));
  return object_.dynamic() != nullptr ? infer_open(inference, types)
                                      : infer_fixed(inference, types);
}

Status V2Op::infer_types(const ops::Inference& inference, std::vector<DType>& types) {
  std::vector<nvinfer1::DataType> given;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    const auto type = inference.has(i) ? to_data_type(inference.in(i).dtype) : std::nullopt;
    if (inference.has(i) && !type) {
      return inference.diag.fail(
          Code::Unsupported,
          "input {} of plugin {} has type {}, which plugins do not know; cast it first", i,
          id_.name, to_string(inference.in(i).dtype));
    }
    given.push_back(type.value_or(nvinfer1::DataType::kFLOAT));
  }
  for (size_t i = 0; i < outputs_; ++i) {
    // IPluginV2 has one type for all its tensors.
    auto answered = given.empty() ? nvinfer1::DataType::kFLOAT : given[0];
    if (const nvinfer1::IPluginV2Ext* ext = object_.ext()) {
      const Call call(id_, "getOutputDataType");
      answered = ext->getOutputDataType(static_cast<int32_t>(i), given.data(),
                                        static_cast<int32_t>(given.size()));
    }
    const auto type = to_dtype(answered);
    if (!type) {
      return inference.diag.fail(Code::Unsupported,
                                 "output {} of plugin {} has data type number {}, which is not "
                                 "supported",
                                 i, id_.name, static_cast<int32_t>(answered));
    }
    types.push_back(*type);
  }
  return {};
}

Status V2Op::infer_open(ops::Inference& inference, const std::vector<DType>& types) {
  std::vector<ops::SizeTensor> none;
  ExprFactory factory(inference.symbols, node_name_, none);
  std::vector<nvinfer1::DimsExprs> inputs;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    inputs.push_back(inference.has(i) ? factory.make(inference.in(i).shape)
                                      : nvinfer1::DimsExprs{});
  }
  for (size_t i = 0; i < outputs_; ++i) {
    const Call call(id_, "getOutputDimensions");
    const nvinfer1::DimsExprs dims = object_.dynamic()->getOutputDimensions(
        static_cast<int32_t>(i), inputs.data(), static_cast<int32_t>(inputs.size()), factory);
    const bool sound = dims.nbDims >= 0 && dims.nbDims <= nvinfer1::Dims::MAX_DIMS &&
                       std::none_of(dims.d, dims.d + std::max(dims.nbDims, 0),
                                    [](const auto* extent) { return extent == nullptr; });
    if (!sound || !factory.declared_now().empty()) {
      return inference.diag.fail(
          Code::Plugin, "getOutputDimensions of plugin {} {}", id_.name,
          sound ? "declares a size tensor: only plugins of version 3 may"
                : fmt::format("gives output {} {} dimensions, one of them null or too many", i,
                              dims.nbDims));
    }
    expr::Shape shape;
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      shape.push_back(ExprFactory::get(*dims.d[axis]));
    }
    inference.out(types[i], std::move(shape));
  }
  return {};
}

Result<std::vector<Dims>> V2Op::fixed_inputs(const ops::Inference& inference) const {
  std::vector<Dims> all;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    const auto dims = inference.has(i) ? expr::to_dims(inference.in(i).shape) : Dims{};
    if (!dims) {
      return inference.diag.fail(
          Code::Unsupported,
          "input {} of plugin {} has shape {}, but an {} takes fixed extents only: fix the "
          "network's input shapes, or make the plugin an IPluginV2DynamicExt or IPluginV3",
          i, id_.name, expr::to_string(inference.in(i).shape, inference.symbols),
          to_string(object_.family()));
    }
    all.push_back(*dims);
  }
  return all;
}

Status V2Op::infer_fixed(ops::Inference& inference, const std::vector<DType>& types) {
  TENON_ASSIGN(const std::vector<Dims> given, fixed_inputs(inference));
  const Batch batch = given.empty() ? Batch() : Batch(given[0]);
  std::vector<nvinfer1::Dims> inputs;
  for (const Dims& dims : given) inputs.push_back(to_nv_dims(batch.take_off(dims)));
  for (size_t i = 0; i < outputs_; ++i) {
    const Call call(id_, "getOutputDimensions");
    const nvinfer1::Dims answered = object_.base().getOutputDimensions(
        static_cast<int32_t>(i), inputs.data(), static_cast<int32_t>(inputs.size()));
    const auto dims = to_dims(answered);
    if (!dims || dims->rank() == Dims::kMaxRank ||
        std::any_of(dims->begin(), dims->end(), [](int64_t extent) { return extent < 0; })) {
      return inference.diag.fail(Code::Plugin,
                                 "getOutputDimensions of plugin {} gives output {} {} dimensions, "
                                 "too many or one of them negative (the batch is not among them)",
                                 id_.name, i, answered.nbDims);
    }
    inference.out(types[i], expr::to_shape(batch.put_on(*dims)));
  }
  return {};
}

void V2Op::candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                      std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  const Call call(id_, "clone");
  auto object = object_.clone(diag);
  if (!object.ok()) return;
  auto made = std::make_unique<V2Candidate>(std::move(*object), *this, node);
  const bool host = is_host_plugin(id_, nullptr);
  out.push_back(offered_to(target, host, std::move(made), node, diag));
}

}  // namespace tenon::plugin
