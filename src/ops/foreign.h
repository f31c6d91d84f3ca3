// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a node must know of an operator that only a plugin knows, and how a node finds one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "ops/inference.h"

namespace tenon::kernel {
class CandidateSource;
}

namespace tenon::ops {

/// The name a plugin goes by.
struct PluginId {
  std::string name, version, name_space;
  friend bool operator==(const PluginId&, const PluginId&) = default;
};

/// A plugin behind a node. Implemented by plugin/adapt; owned by the node's parameters.
class ForeignOp {
 public:
  virtual ~ForeignOp() = default;

  /// Without a name: no plugin, and none inside.
  [[nodiscard]] virtual const PluginId& id() const noexcept = 0;
  /// "v3", "v2_dynamic_ext", …: the plugin family, for messages and the inspector.
  [[nodiscard]] virtual std::string_view family() const noexcept = 0;
  [[nodiscard]] virtual size_t output_count() const noexcept = 0;
  /// Types and symbolic shapes of all outputs. The last `shape_input_count()` inputs are shape
  /// inputs; their content is known.
  virtual Status infer(Inference& inference) = 0;
  [[nodiscard]] virtual size_t shape_input_count() const noexcept = 0;
  /// Which outputs tell the data-dependent sizes that the last infer() made.
  [[nodiscard]] virtual std::vector<SizeTensor> size_tensors() const { return {}; }
  /// A deep copy for another network; null when the plugin's clone() failed.
  [[nodiscard]] virtual std::shared_ptr<ForeignOp> clone() const = 0;
  /// Text of the parameters for inspectors and IR text, e.g. R"({"kernel_shape":[2,2]})".
  [[nodiscard]] virtual std::string describe() const = 0;
  /// The kernels this plugin offers (kernel/candidate.h).
  [[nodiscard]] virtual kernel::CandidateSource& kernels() noexcept = 0;
};

/// An attribute of a model's node, in no framework's types.
struct ForeignAttribute {
  std::string name;
  std::variant<std::vector<float>, std::vector<int64_t>, std::vector<std::string>, ConstantRef>
      value;
  bool scalar = false;  ///< FLOAT, INT, STRING rather than their lists
};

/// A model's wish for a plugin.
struct ForeignRequest {
  std::string node_name;
  std::string op_type;
  std::string domain;
  std::string version = "1";
  std::string name_space;
  bool namespace_given = false;  ///< attribute plugin_namespace stands on the node
  std::vector<ForeignAttribute> attributes;
  size_t input_count = 0;
  std::vector<size_t> shape_inputs;  ///< indices of inputs handed over as shape inputs
};

/// Finds plugins for importers. Implemented by plugin/resolve, handed in by api.
class OpResolver {
 public:
  virtual ~OpResolver() = default;
  /// True if a creator would be found; says nothing.
  [[nodiscard]] virtual bool knows(const ForeignRequest& request) const = 0;
  /// The plugin, created for the build phase. A failure is explained in `diag`: what was asked for,
  /// what is registered and from where, what is near, and the mend.
  virtual Result<std::shared_ptr<ForeignOp>> create(const ForeignRequest& request,
                                                    Diagnostics& diag) = 0;
};

}  // namespace tenon::ops
