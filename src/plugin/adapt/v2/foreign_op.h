// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A version 2 plugin as an operator of a network.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/v2/object.h"

namespace tenon::plugin {

/// Owns the network's clone of the plugin. One thread at a time. Plugins of families without
/// dynamic shapes need inputs of fixed extents.
class V2Op final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  /// Clones `original`, which the caller keeps. `library`: where the creator came from, a hint for
  /// messages. `parameters`: JSON of the fields it was made from, for people.
  static Result<std::shared_ptr<V2Op>> create(const nvinfer1::IPluginV2& original,
                                              std::string node_name, std::string library,
                                              std::string parameters, Diagnostics& diag);

  /// The network's clone, as IPluginV2Layer::getPlugin gives it.
  [[nodiscard]] nvinfer1::IPluginV2& plugin() noexcept { return object_.base(); }
  [[nodiscard]] const std::string& library() const noexcept { return library_; }

  /// Tells the plugin, when its node's tensors become i8, what a step of each is: inputs, then
  /// outputs. `dims` are their extents, −1 where open. False, changing nothing, when it refuses
  /// integers in every layout, or its family knows no scales.
  bool take_integers(std::span<const Dims> dims, std::span<const float> scales);
  /// What a step of each i8 tensor is; empty when nobody said.
  [[nodiscard]] const std::vector<float>& scales() const noexcept { return scales_; }

  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  [[nodiscard]] std::string_view family() const noexcept override;
  [[nodiscard]] size_t output_count() const noexcept override { return outputs_; }
  Status infer(ops::Inference& inference) override;
  [[nodiscard]] size_t shape_input_count() const noexcept override { return 0; }
  [[nodiscard]] std::shared_ptr<ForeignOp> clone() const override;
  [[nodiscard]] std::string describe() const override { return parameters_; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }

  [[nodiscard]] std::string_view name() const noexcept override { return id_.name; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;

 private:
  explicit V2Op(V2Object object) : object_(std::move(object)) {}
  Status infer_types(const ops::Inference& inference, std::vector<DType>& types);
  Status infer_open(ops::Inference& inference, const std::vector<DType>& types);
  Status infer_fixed(ops::Inference& inference, const std::vector<DType>& types);
  Result<std::vector<Dims>> fixed_inputs(const ops::Inference& inference) const;

  V2Object object_;
  ops::PluginId id_;
  size_t outputs_ = 0;
  std::string node_name_, library_, parameters_;
  std::vector<float> scales_;
};

}  // namespace tenon::plugin
