// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A safe plugin as an operator of a network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "plugin/adapt/safe_build/capabilities.h"

namespace tenon::plugin {

/// Owns the network's clone of the plugin. One thread at a time.
class SafeOp final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  /// Clones `original`, which the caller keeps. `library`: where the creator came from, a hint for
  /// messages. `parameters`: JSON of the fields it was made from, for people.
  static Result<std::shared_ptr<SafeOp>> create(nvinfer1::IPluginV3& original,
                                                std::string node_name, std::string library,
                                                std::string parameters, Diagnostics& diag);

  /// The network's clone, as IPluginV3Layer::getPlugin gives it.
  [[nodiscard]] nvinfer1::IPluginV3& plugin() noexcept { return *object_.plugin; }
  [[nodiscard]] const std::string& library() const noexcept { return library_; }

  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  /// "safe_mss" for a plugin that knows several static shapes, "safe" for one that knows one.
  [[nodiscard]] std::string_view family() const noexcept override {
    return object_.symbolic != nullptr ? "safe_mss" : "safe";
  }
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
  explicit SafeOp(SafeObject object) : object_(std::move(object)) {}
  Status infer_types(const ops::Inference& inference, std::vector<DType>& types);
  Status infer_symbolic(ops::Inference& inference, const std::vector<DType>& types);
  Status infer_concrete(ops::Inference& inference, const std::vector<DType>& types);
  Status refuse_code(const char* call, int32_t code, Diagnostics& diag) const;

  SafeObject object_;
  ops::PluginId id_;
  size_t outputs_ = 0;
  std::string node_name_, library_, parameters_;
};

}  // namespace tenon::plugin
