// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and symbolic shapes as the plugin tells them.
#include "plugin/adapt/v3/foreign_op.h"

#include <algorithm>

#include "plugin/adapt/call.h"
#include "plugin/adapt/expressions.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

constexpr int32_t kMaxOutputs = 1024;

Status call_failed(const ops::PluginId& id, const char* call, int32_t code, Diagnostics& diag) {
  return diag.fail(Code::Plugin, "plugin {} {} ({}): {} returned {}", id.name, id.version,
                   id.name_space.empty() ? "no namespace" : id.name_space, call, code);
}

}  // namespace

Result<std::shared_ptr<V3Op>> V3Op::create(nvinfer1::IPluginV3& original, size_t shape_inputs,
                                           std::string node_name, std::string library,
                                           std::string parameters, Diagnostics& diag) {
  TENON_ASSIGN(V3Object object, clone_v3(original, true, diag));
  const int32_t outputs = object.build->getNbOutputs();
  if (outputs < 1 || outputs > kMaxOutputs) {
    return diag.fail(Code::Plugin, "getNbOutputs() of the plugin gives {}: at least 1 is needed",
                     outputs);
  }
  std::shared_ptr<V3Op> op(new V3Op(std::move(object)));
  op->id_ = id_of(*op->object_.core);
  op->outputs_ = static_cast<size_t>(outputs);
  op->shape_inputs_ = shape_inputs;
  op->node_name_ = std::move(node_name);
  op->library_ = std::move(library);
  op->parameters_ = std::move(parameters);
  return op;
}

std::shared_ptr<ops::ForeignOp> V3Op::clone() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Call call(id_, "clone");
  auto object = clone_v3(*object_.plugin, true, diag);
  if (!object.ok()) return nullptr;
  std::shared_ptr<V3Op> copy(new V3Op(std::move(*object)));
  copy->id_ = id_;
  copy->outputs_ = outputs_;
  copy->shape_inputs_ = shape_inputs_;
  copy->sizes_ = sizes_;
  copy->node_name_ = node_name_;
  copy->library_ = library_;
  copy->parameters_ = parameters_;
  return copy;
}

Status V3Op::infer(ops::Inference& inference) {
  if (inference.inputs.size() < shape_inputs_) {
    return inference.diag.fail(Code::InvalidArgument,
                               "the node has {} inputs, {} of them shape inputs",
                               inference.inputs.size(), shape_inputs_);
  }
  std::vector<DType> types;
  TENON_TRY(infer_types(inference, types));
  return infer_shapes(inference, types);
}

Status V3Op::infer_types(const ops::Inference& inference, std::vector<DType>& types) {
  const size_t count = inference.inputs.size() - shape_inputs_;
  std::vector<nvinfer1::DataType> given;
  for (size_t i = 0; i < count; ++i) {
    const auto type = inference.has(i) ? to_data_type(inference.in(i).dtype) : std::nullopt;
    if (inference.has(i) && !type) {
      return inference.diag.fail(Code::Unsupported,
                                 "input {} of plugin {} has type {}, which plugins "
                                 "do not know; cast it first",
                                 i, id_.name, to_string(inference.in(i).dtype));
    }
    given.push_back(type.value_or(nvinfer1::DataType::kFLOAT));
  }
  std::vector<nvinfer1::DataType> answered(outputs_, nvinfer1::DataType::kFLOAT);
  int32_t code = 0;
  {
    const Call call(id_, "getOutputDataTypes");
    code = object_.build->getOutputDataTypes(answered.data(), static_cast<int32_t>(outputs_),
                                             given.data(), static_cast<int32_t>(count));
  }
  if (code != 0) return call_failed(id_, "getOutputDataTypes", code, inference.diag);
  for (size_t i = 0; i < outputs_; ++i) {
    const auto type = to_dtype(answered[i]);
    if (!type) {
      return inference.diag.fail(Code::Unsupported,
                                 "output {} of plugin {} has data type number {}, "
                                 "which is not supported",
                                 i, id_.name, static_cast<int32_t>(answered[i]));
    }
    types.push_back(*type);
  }
  return {};
}

Status V3Op::infer_shapes(ops::Inference& inference, const std::vector<DType>& types) {
  ExprFactory factory(inference.symbols, node_name_, sizes_);
  const size_t count = inference.inputs.size() - shape_inputs_;
  std::vector<nvinfer1::DimsExprs> inputs, shape_values, outputs(outputs_);
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    if (i < count) {
      inputs.push_back(inference.has(i) ? factory.make(inference.in(i).shape)
                                        : nvinfer1::DimsExprs{});
      continue;
    }
    if (!inference.has(i) || !inference.in(i).content ||
        inference.in(i).content->size() > static_cast<size_t>(nvinfer1::Dims::MAX_DIMS)) {
      return inference.diag.fail(Code::InvalidArgument,
                                 "shape input {} of plugin {} must be a small integer tensor whose "
                                 "values are known from shapes or given as a shape input",
                                 i, id_.name);
    }
    shape_values.push_back(factory.make(*inference.in(i).content));
  }
  int32_t code = 0;
  {
    const Call call(id_, "getOutputShapes");
    code = object_.build->getOutputShapes(inputs.data(), static_cast<int32_t>(inputs.size()),
                                          shape_values.empty() ? nullptr : shape_values.data(),
                                          static_cast<int32_t>(shape_values.size()), outputs.data(),
                                          static_cast<int32_t>(outputs_), factory);
  }
  if (code != 0) return call_failed(id_, "getOutputShapes", code, inference.diag);
  for (size_t i = 0; i < outputs_; ++i) {
    const nvinfer1::DimsExprs& dims = outputs[i];
    const bool sound = dims.nbDims >= 0 && dims.nbDims <= nvinfer1::Dims::MAX_DIMS &&
                       std::none_of(dims.d, dims.d + std::max(dims.nbDims, 0),
                                    [](const auto* extent) { return extent == nullptr; });
    if (!sound) {
      return inference.diag.fail(
          Code::Plugin,
          "getOutputShapes of plugin {} left output {} with {} dimensions, one "
          "of them null or too many",
          id_.name, i, dims.nbDims);
    }
    expr::Shape shape;
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      shape.push_back(ExprFactory::get(*dims.d[axis]));
    }
    inference.out(types[i], std::move(shape));
  }
  for (const int32_t output : factory.declared_now()) {
    const auto index = static_cast<size_t>(output);
    const bool scalar = output >= 0 && index < outputs_ && outputs[index].nbDims == 0 &&
                        (types[index] == DType::I32 || types[index] == DType::I64);
    if (!scalar) {
      return inference.diag.fail(Code::Plugin,
                                 "plugin {} declares output {} to be a size tensor: it must be a "
                                 "scalar (0 dimensions) of type kINT32 or kINT64",
                                 id_.name, output);
    }
  }
  return {};
}

void V3Op::candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                      std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  (void)target;  // A plugin knows its machine itself.
  auto object = clone_v3(*object_.plugin, true, diag);
  if (!object.ok()) return;
  out.push_back(std::make_unique<V3Candidate>(std::move(*object), *this, node));
}

}  // namespace tenon::plugin
