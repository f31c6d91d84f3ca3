// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and symbolic shapes as the plugin tells them.
#include "plugin/adapt/object_op.h"

#include <algorithm>

#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/expressions.h"
#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

Status call_failed(const ops::PluginId& id, const char* call, int32_t code, Diagnostics& diag) {
  return diag.fail(Code::Plugin, "plugin {} {} ({}): {} returned {}", id.name, id.version,
                   id.name_space.empty() ? "no namespace" : id.name_space, call, code);
}

}  // namespace

Status check_output_count(int32_t count, Diagnostics& diag) {
  if (count >= 1 && count <= kMaxOutputs) return {};
  return diag.fail(Code::Plugin, "getNbOutputs() of the plugin gives {}: at least 1 is needed",
                   count);
}

Status ObjectOp::infer(ops::Inference& inference) {
  if (inference.inputs.size() < facts_.shape_inputs) {
    return inference.diag.fail(Code::InvalidArgument,
                               "the node has {} inputs, {} of them shape inputs",
                               inference.inputs.size(), facts_.shape_inputs);
  }
  std::vector<DType> types;
  TENON_TRY(infer_types(inference, types));
  return infer_shapes(inference, types);
}

Status ObjectOp::infer_types(const ops::Inference& inference, std::vector<DType>& types) {
  const size_t count = inference.inputs.size() - facts_.shape_inputs;
  std::vector<nvinfer1::DataType> given;
  std::vector<int32_t> ranks;
  for (size_t i = 0; i < count; ++i) {
    const auto type = inference.has(i) ? to_data_type(inference.in(i).dtype) : std::nullopt;
    if (inference.has(i) && !type) {
      return inference.diag.fail(Code::Unsupported,
                                 "input {} of plugin {} has type {}, which plugins "
                                 "do not know; cast it first",
                                 i, id().name, to_string(inference.in(i).dtype));
    }
    given.push_back(type.value_or(nvinfer1::DataType::kFLOAT));
    ranks.push_back(inference.has(i) ? static_cast<int32_t>(inference.in(i).shape.size()) : 0);
  }
  std::vector<nvinfer1::DataType> answered(facts_.outputs, nvinfer1::DataType::kFLOAT);
  int32_t code = 0;
  {
    const Call call(id(), "getOutputDataTypes");
    code = ask_types(answered, given, ranks);
  }
  if (code != 0) return call_failed(id(), "getOutputDataTypes", code, inference.diag);
  for (size_t i = 0; i < facts_.outputs; ++i) {
    const auto type = to_dtype(answered[i]);
    if (!type) {
      return inference.diag.fail(Code::Unsupported,
                                 "output {} of plugin {} has data type number {}, "
                                 "which is not supported",
                                 i, id().name, static_cast<int32_t>(answered[i]));
    }
    types.push_back(*type);
  }
  return {};
}

Status ObjectOp::infer_shapes(ops::Inference& inference, const std::vector<DType>& types) {
  ExprFactory factory(inference.symbols, facts_.node_name, facts_.sizes);
  const size_t count = inference.inputs.size() - facts_.shape_inputs;
  std::vector<nvinfer1::DimsExprs> inputs, shape_values, outputs(facts_.outputs);
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
                                 i, id().name);
    }
    shape_values.push_back(factory.make(*inference.in(i).content));
  }
  int32_t code = 0;
  {
    const Call call(id(), "getOutputShapes");
    code = ask_shapes({inputs, shape_values, outputs, factory});
  }
  if (code != 0) return call_failed(id(), "getOutputShapes", code, inference.diag);
  TENON_TRY(give(inference, types, outputs));
  for (const int32_t output : factory.declared_now()) {
    const auto index = static_cast<size_t>(output);
    const bool scalar = output >= 0 && index < facts_.outputs && outputs[index].nbDims == 0 &&
                        (types[index] == DType::I32 || types[index] == DType::I64);
    if (!scalar) {
      return inference.diag.fail(Code::Plugin,
                                 "plugin {} declares output {} to be a size tensor: it must be a "
                                 "scalar (0 dimensions) of type kINT32 or kINT64",
                                 id().name, output);
    }
  }
  return {};
}

Status ObjectOp::give(ops::Inference& inference, const std::vector<DType>& types,
                      const std::vector<nvinfer1::DimsExprs>& outputs) const {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const nvinfer1::DimsExprs& dims = outputs[i];
    const bool sound = dims.nbDims >= 0 && dims.nbDims <= nvinfer1::Dims::MAX_DIMS &&
                       std::none_of(dims.d, dims.d + std::max(dims.nbDims, 0),
                                    [](const auto* extent) { return extent == nullptr; });
    if (!sound) {
      return inference.diag.fail(
          Code::Plugin,
          "getOutputShapes of plugin {} left output {} with {} dimensions, one "
          "of them null or too many",
          id().name, i, dims.nbDims);
    }
    expr::Shape shape;
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      shape.push_back(ExprFactory::get(*dims.d[axis]));
    }
    inference.out(types[i], std::move(shape));
  }
  return {};
}

}  // namespace tenon::plugin
