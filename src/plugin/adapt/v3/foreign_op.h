// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A V3 plugin as an operator of a network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/v3/capabilities.h"

namespace tenon::plugin {

/// Owns the network's clone of the plugin. One thread at a time.
class V3Op final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  /// Clones `original`, which the caller keeps. `shape_inputs`: how many of the node's last inputs
  /// are shape inputs. `library`: where the creator came from, a hint for messages. `parameters`:
  /// JSON of the fields it was made from, for people.
  static Result<std::shared_ptr<V3Op>> create(nvinfer1::IPluginV3& original, size_t shape_inputs,
                                              std::string node_name, std::string library,
                                              std::string parameters, Diagnostics& diag);

  /// The network's clone, as IPluginV3Layer::getPlugin gives it.
  [[nodiscard]] nvinfer1::IPluginV3& plugin() noexcept { return *object_.plugin; }
  [[nodiscard]] const std::string& library() const noexcept { return library_; }

  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  [[nodiscard]] std::string_view family() const noexcept override { return "v3"; }
  [[nodiscard]] size_t output_count() const noexcept override { return outputs_; }
  Status infer(ops::Inference& inference) override;
  [[nodiscard]] size_t shape_input_count() const noexcept override { return shape_inputs_; }
  [[nodiscard]] std::vector<ops::SizeTensor> size_tensors() const override { return sizes_; }
  [[nodiscard]] std::shared_ptr<ForeignOp> clone() const override;
  [[nodiscard]] std::string describe() const override { return parameters_; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }

  [[nodiscard]] std::string_view name() const noexcept override { return id_.name; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;

 private:
  explicit V3Op(V3Object object) : object_(std::move(object)) {}
  Status infer_types(const ops::Inference& inference, std::vector<DType>& types);
  Status infer_shapes(ops::Inference& inference, const std::vector<DType>& types);

  V3Object object_;
  ops::PluginId id_;
  size_t outputs_ = 0, shape_inputs_ = 0;
  std::vector<ops::SizeTensor> sizes_;
  std::string node_name_, library_, parameters_;
};

}  // namespace tenon::plugin
