// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A V3 plugin as an operator of a network.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plugin/adapt/object_op.h"
#include "plugin/adapt/v3/capabilities.h"

namespace tenon::plugin {

/// Owns the network's clone of the plugin. One thread at a time.
class V3Op final : public ObjectOp {
 public:
  /// Clones `original`, which the caller keeps. `shape_inputs`: how many of the node's last inputs
  /// are shape inputs. `library`: where the creator came from, a hint for messages. `parameters`:
  /// JSON of the fields it was made from, for people.
  static Result<std::shared_ptr<V3Op>> create(nvinfer1::IPluginV3& original, size_t shape_inputs,
                                              std::string node_name, std::string library,
                                              std::string parameters, Diagnostics& diag);

  [[nodiscard]] nvinfer1::IPluginV3& plugin() noexcept override { return *object_.plugin; }
  /// Tells the plugin, when its node's tensors become i8, what a step of each is: inputs, then
  /// outputs. `dims` are their extents, -1 where open. False, changing nothing, when it refuses
  /// integers in every layout.
  bool take_integers(std::span<const Dims> dims, std::span<const float> scales);
  /// What a step of each i8 tensor is; empty when nobody said.
  [[nodiscard]] const std::vector<float>& scales() const noexcept { return scales_; }

  [[nodiscard]] std::string_view family() const noexcept override { return "v3"; }
  [[nodiscard]] std::shared_ptr<ForeignOp> clone() const override;
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;

 private:
  V3Op(V3Object object, Facts facts) : ObjectOp(std::move(facts)), object_(std::move(object)) {}
  int32_t ask_types(std::vector<nvinfer1::DataType>& outputs,
                    const std::vector<nvinfer1::DataType>& inputs,
                    const std::vector<int32_t>& ranks) override;
  int32_t ask_shapes(const ShapeQuestion& question) override;

  V3Object object_;
  std::vector<float> scales_;
};

}  // namespace tenon::plugin
