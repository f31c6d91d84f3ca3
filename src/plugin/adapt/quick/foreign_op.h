// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A quick plugin as an operator of a network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugin/adapt/object_op.h"
#include "plugin/adapt/quick/capabilities.h"

namespace tenon::plugin {

/// Owns the network's clone of the plugin. One thread at a time.
class QuickOp final : public ObjectOp {
 public:
  /// As V3Op::create; quick plugins take no shape inputs.
  static Result<std::shared_ptr<QuickOp>> create(nvinfer1::IPluginV3& original,
                                                 std::string node_name, std::string library,
                                                 std::string parameters, Diagnostics& diag);

  [[nodiscard]] nvinfer1::IPluginV3& plugin() noexcept override { return *object_.plugin; }
  [[nodiscard]] std::string_view family() const noexcept override { return "quick"; }
  [[nodiscard]] std::shared_ptr<ForeignOp> clone() const override;
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;

 private:
  QuickOp(QuickObject object, Facts facts)
      : ObjectOp(std::move(facts)), object_(std::move(object)) {}
  int32_t ask_types(std::vector<nvinfer1::DataType>& outputs,
                    const std::vector<nvinfer1::DataType>& inputs,
                    const std::vector<int32_t>& ranks) override;
  int32_t ask_shapes(const ShapeQuestion& question) override;

  QuickObject object_;
};

}  // namespace tenon::plugin
