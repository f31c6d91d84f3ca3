// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes as a safe plugin tells them.
#include "plugin/adapt/safe_build/foreign_op.h"

#include <algorithm>

#include "plugin/adapt/call.h"
#include "plugin/adapt/expressions.h"
#include "plugin/adapt/safe_build/candidate.h"
#include "plugin/convert.h"
#include "plugin/registry/creator.h"

namespace tenon::plugin {

namespace {

constexpr int32_t kMaxSafeOutputs = 1024;

bool all_there(const nvinfer1::DimsExprs& dims) {
  return dims.nbDims >= 0 && dims.nbDims <= nvinfer1::Dims::MAX_DIMS &&
         std::none_of(dims.d, dims.d + dims.nbDims,
                      [](const auto* extent) { return extent == nullptr; });
}

}  // namespace

Result<std::shared_ptr<SafeOp>> SafeOp::create(nvinfer1::IPluginV3& original, std::string node_name,
                                               std::string library, std::string parameters,
                                               Diagnostics& diag) {
  TENON_ASSIGN(SafeObject object, clone_safe(original, true, diag));
  const int32_t outputs = object.build->getNbOutputs();
  if (outputs < 1 || outputs > kMaxSafeOutputs) {
    return diag.fail(Code::Plugin,
                     "getNbOutputs() of the safe plugin gives {}: at least 1 is needed", outputs);
  }
  std::shared_ptr<SafeOp> op(new SafeOp(std::move(object)));
  op->id_ = id_of(*op->object_.core);
  op->outputs_ = static_cast<size_t>(outputs);
  op->node_name_ = std::move(node_name);
  op->library_ = std::move(library);
  op->parameters_ = std::move(parameters);
  return op;
}

std::shared_ptr<ops::ForeignOp> SafeOp::clone() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Call call(id_, "clone");
  auto object = clone_safe(*object_.plugin, true, diag);
  if (!object.ok()) return nullptr;
  std::shared_ptr<SafeOp> copy(new SafeOp(std::move(*object)));
  copy->id_ = id_;
  copy->outputs_ = outputs_;
  copy->node_name_ = node_name_;
  copy->library_ = library_;
  copy->parameters_ = parameters_;
  return copy;
}

Status SafeOp::refuse_code(const char* call, int32_t code, Diagnostics& diag) const {
  return diag.fail(Code::Plugin, "safe plugin {}: {} returned {}", plugin::describe(id_), call,
                   code);
}

Status SafeOp::infer(ops::Inference& inference) {
  std::vector<DType> types;
  TENON_TRY(infer_types(inference, types));
  return object_.symbolic != nullptr ? infer_symbolic(inference, types)
                                     : infer_concrete(inference, types);
}

Status SafeOp::infer_types(const ops::Inference& inference, std::vector<DType>& types) {
  std::vector<nvinfer1::DataType> given;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    if (!inference.has(i)) {
      return inference.diag.fail(Code::Unsupported,
                                 "input {} of safe plugin {} is absent, but safe plugins have no "
                                 "optional inputs: give it",
                                 i, id_.name);
    }
    const auto type = to_data_type(inference.in(i).dtype);
    if (!type) {
      return inference.diag.fail(Code::Unsupported,
                                 "input {} of safe plugin {} has type {}, which plugins do not "
                                 "know; cast it first",
                                 i, id_.name, to_string(inference.in(i).dtype));
    }
    given.push_back(*type);
  }
  std::vector<nvinfer1::DataType> answered(outputs_, nvinfer1::DataType::kFLOAT);
  int32_t code = 0;
  {
    const Call call(id_, "getOutputDataTypes");
    code = object_.build->getOutputDataTypes(answered.data(), static_cast<int32_t>(outputs_),
                                             given.data(), static_cast<int32_t>(given.size()));
  }
  if (code != 0) return refuse_code("getOutputDataTypes", code, inference.diag);
  for (size_t i = 0; i < outputs_; ++i) {
    const auto type = to_dtype(answered[i]);
    if (!type) {
      return inference.diag.fail(Code::Unsupported,
                                 "output {} of safe plugin {} has data type number {}, which is "
                                 "not supported",
                                 i, id_.name, static_cast<int32_t>(answered[i]));
    }
    types.push_back(*type);
  }
  return {};
}

Status SafeOp::infer_symbolic(ops::Inference& inference, const std::vector<DType>& types) {
  std::vector<ops::SizeTensor> sizes;
  ExprFactory factory(inference.symbols, node_name_, sizes);
  std::vector<nvinfer1::DimsExprs> inputs, outputs(outputs_);
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    inputs.push_back(factory.make(inference.in(i).shape));
  }
  int32_t code = 0;
  {
    const Call call(id_, "getSymbolicOutputShapes");
    code = object_.symbolic->getSymbolicOutputShapes(
        inputs.data(), static_cast<int32_t>(inputs.size()), outputs.data(),
        static_cast<int32_t>(outputs_), factory);
  }
  if (code != 0) return refuse_code("getSymbolicOutputShapes", code, inference.diag);
  if (!factory.declared_now().empty()) {
    return inference.diag.fail(Code::Plugin,
                               "safe plugin {} declares a size tensor: shapes of safe engines "
                               "follow from the shapes of inputs alone",
                               id_.name);
  }
  for (size_t i = 0; i < outputs_; ++i) {
    if (!all_there(outputs[i])) {
      return inference.diag.fail(Code::Plugin,
                                 "getSymbolicOutputShapes of safe plugin {} left output {} with {} "
                                 "dimensions, one of them null or too many",
                                 id_.name, i, outputs[i].nbDims);
    }
    expr::Shape shape;
    for (int32_t axis = 0; axis < outputs[i].nbDims; ++axis) {
      shape.push_back(ExprFactory::get(*outputs[i].d[axis]));
    }
    inference.out(types[i], std::move(shape));
  }
  return {};
}

Status SafeOp::infer_concrete(ops::Inference& inference, const std::vector<DType>& types) {
  std::vector<nvinfer1::Dims> inputs, outputs(outputs_, nvinfer1::Dims{-1, {}});
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    const expr::Shape& shape = inference.in(i).shape;
    if (!expr::to_dims(shape)) {
      return inference.diag.fail(
          Code::Unsupported,
          "safe plugin {} computes shapes from numbers (its build interface is of kind "
          "PLUGIN_V3ONE_SAFE_BUILD), but input {} is {}: give the model fixed shapes, or derive "
          "the plugin from IPluginV3OneSafeBuildMSS",
          id_.name, i, expr::to_string(shape, inference.symbols));
    }
    inputs.push_back(to_nv_dims(shape));
  }
  int32_t code = 0;
  {
    const Call call(id_, "getOutputShapes");
    code = object_.build->getOutputShapes(inputs.data(), static_cast<int32_t>(inputs.size()),
                                          outputs.data(), static_cast<int32_t>(outputs_));
  }
  if (code != 0) return refuse_code("getOutputShapes", code, inference.diag);
  for (size_t i = 0; i < outputs_; ++i) {
    const auto dims = to_dims(outputs[i]);
    if (!dims || std::any_of(dims->begin(), dims->end(), [](int64_t e) { return e < 0; })) {
      return inference.diag.fail(Code::Plugin,
                                 "getOutputShapes of safe plugin {} left output {} with {} "
                                 "dimensions, or one of them negative",
                                 id_.name, i, outputs[i].nbDims);
    }
    inference.out(types[i], expr::Shape(dims->begin(), dims->end()));
  }
  return {};
}

void SafeOp::candidates(const kernel::NodeInfo& node, const device::Target& target,
                        Diagnostics& diag, std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  (void)target;  // A plugin knows its machine itself.
  auto object = clone_safe(*object_.plugin, true, diag);
  if (!object.ok()) return;
  out.push_back(std::make_unique<SafeCandidate>(std::move(*object), *this, node));
}

}  // namespace tenon::plugin
