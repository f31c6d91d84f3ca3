// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What plugins that are an IPluginV3 have in common as operators of a network.
#pragma once

#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "kernel/candidate.h"

namespace tenon::plugin {

/// Base of V3Op and QuickOp: identity, and types and shapes turned into questions of the build
/// face. One thread at a time.
class ObjectOp : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  /// The network's clone, as IPluginV3Layer::getPlugin gives it.
  [[nodiscard]] virtual nvinfer1::IPluginV3& plugin() noexcept = 0;
  [[nodiscard]] const std::string& library() const noexcept { return facts_.library; }

  [[nodiscard]] const ops::PluginId& id() const noexcept final { return facts_.id; }
  [[nodiscard]] size_t output_count() const noexcept final { return facts_.outputs; }
  Status infer(ops::Inference& inference) final;
  [[nodiscard]] size_t shape_input_count() const noexcept final { return facts_.shape_inputs; }
  [[nodiscard]] std::vector<ops::SizeTensor> size_tensors() const final { return facts_.sizes; }
  [[nodiscard]] std::string describe() const final { return facts_.parameters; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept final { return *this; }
  [[nodiscard]] std::string_view name() const noexcept final { return facts_.id.name; }

 protected:
  /// `library`: where the creator came from. `parameters`: JSON of the fields, for people.
  struct Facts {
    ops::PluginId id;
    size_t outputs = 0, shape_inputs = 0;
    std::vector<ops::SizeTensor> sizes;
    std::string node_name, library, parameters;
  };
  struct ShapeQuestion {
    const std::vector<nvinfer1::DimsExprs>& inputs;
    const std::vector<nvinfer1::DimsExprs>& values;  ///< of the shape inputs
    std::vector<nvinfer1::DimsExprs>& outputs;
    nvinfer1::IExprBuilder& builder;
  };

  explicit ObjectOp(Facts facts) : facts_(std::move(facts)) {}
  [[nodiscard]] const Facts& facts() const noexcept { return facts_; }

  /// The build face's getOutputDataTypes and getOutputShapes: their codes.
  virtual int32_t ask_types(std::vector<nvinfer1::DataType>& outputs,
                            const std::vector<nvinfer1::DataType>& inputs,
                            const std::vector<int32_t>& ranks) = 0;
  virtual int32_t ask_shapes(const ShapeQuestion& question) = 0;

 private:
  Status infer_types(const ops::Inference& inference, std::vector<DType>& types);
  Status infer_shapes(ops::Inference& inference, const std::vector<DType>& types);
  [[nodiscard]] Status give(ops::Inference& inference, const std::vector<DType>& types,
                            const std::vector<nvinfer1::DimsExprs>& outputs) const;

  Facts facts_;
};

/// Outputs that a build face may have; says so when `count` is not among them.
Status check_output_count(int32_t count, Diagnostics& diag);

}  // namespace tenon::plugin
