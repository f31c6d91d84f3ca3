// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finds and creates plugins for importers.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "NvInferRuntime.h"
#include "impl/NvInferPythonPlugin.h"
#include "ops/foreign.h"
#include "plugin/adapt/safe_build/creators.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// Looks a request up by its namespace, then by its node's domain, in one registry and its parents,
/// then in the safe registry. So a plugin that only the latter knows becomes a safe plugin's node,
/// which standard builds refuse: whether a build is safe is not known yet.
/// Interface fact: the ONNX parser's order (name = op_type, version, namespace). A request without
/// a version gets the newest creator of that name and namespace.
class Resolver final : public ops::OpResolver {
 public:
  using Wish = nvinfer1::QuickPluginCreationRequest;

  /// `registry` outlives the resolver. `builtin_names`: what the importer knows itself, for "did
  /// you mean". `safe`: searched for what `registry` does not have; null: there is none. `wish`:
  /// the form of quick plugins whose node has no attribute `aot`.
  Resolver(const PluginRegistry& registry, std::vector<std::string_view> builtin_names,
           const SafeRegistry* safe = nullptr, Wish wish = Wish::kUNKNOWN)
      : registry_(registry), builtin_names_(std::move(builtin_names)), safe_(safe), wish_(wish) {}

  [[nodiscard]] bool knows(const ops::ForeignRequest& request) const override;
  Result<std::shared_ptr<ops::ForeignOp>> create(const ops::ForeignRequest& request,
                                                 Diagnostics& diag) override;

 private:
  [[nodiscard]] std::shared_ptr<const Entry> find(const ops::ForeignRequest& request) const;
  static Result<std::shared_ptr<ops::ForeignOp>> create_v2(const Entry& entry,
                                                           const ops::ForeignRequest& request,
                                                           Diagnostics& diag);
  static Result<std::shared_ptr<ops::ForeignOp>> create_v3(const Entry& entry,
                                                           const ops::ForeignRequest& request,
                                                           Diagnostics& diag);
  [[nodiscard]] Result<std::shared_ptr<ops::ForeignOp>> create_quick(
      const Entry& entry, const ops::ForeignRequest& request, Diagnostics& diag) const;

  [[nodiscard]] SafeCreator* find_safe(const ops::ForeignRequest& request) const;
  static Result<std::shared_ptr<ops::ForeignOp>> create_safe(SafeCreator& creator,
                                                             const ops::ForeignRequest& request,
                                                             Diagnostics& diag);

  const PluginRegistry& registry_;
  std::vector<std::string_view> builtin_names_;
  const SafeRegistry* safe_;
  Wish wish_;
};

}  // namespace tenon::plugin
