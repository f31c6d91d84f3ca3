// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a quick plugin answers about types and shapes.
#include "plugin/adapt/quick/foreign_op.h"

#include "plugin/adapt/call.h"
#include "plugin/adapt/quick/candidate.h"

namespace tenon::plugin {

Result<std::shared_ptr<QuickOp>> QuickOp::create(nvinfer1::IPluginV3& original,
                                                 std::string node_name, std::string library,
                                                 std::string parameters, Diagnostics& diag) {
  TENON_ASSIGN(QuickObject object, clone_quick(original, true, diag));
  const int32_t outputs = object.build->getNbOutputs();
  TENON_TRY(check_output_count(outputs, diag));
  Facts facts{id_of(*object.core), static_cast<size_t>(outputs), 0, {}, std::move(node_name),
              std::move(library),  std::move(parameters)};
  return std::shared_ptr<QuickOp>(new QuickOp(std::move(object), std::move(facts)));
}

std::shared_ptr<ops::ForeignOp> QuickOp::clone() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Call call(id(), "clone");
  auto object = clone_quick(*object_.plugin, true, diag);
  if (!object.ok()) return nullptr;
  return std::shared_ptr<QuickOp>(new QuickOp(std::move(*object), facts()));
}

int32_t QuickOp::ask_types(std::vector<nvinfer1::DataType>& outputs,
                           const std::vector<nvinfer1::DataType>& inputs,
                           const std::vector<int32_t>& ranks) {
  return object_.build->getOutputDataTypes(outputs.data(), static_cast<int32_t>(outputs.size()),
                                           inputs.data(), ranks.data(),
                                           static_cast<int32_t>(inputs.size()));
}

int32_t QuickOp::ask_shapes(const ShapeQuestion& question) {
  return object_.build->getOutputShapes(
      question.inputs.data(), static_cast<int32_t>(question.inputs.size()), nullptr, 0,
      question.outputs.data(), static_cast<int32_t>(question.outputs.size()), question.builder);
}

void QuickOp::candidates(const kernel::NodeInfo& node, const device::Target& target,
                         Diagnostics& diag, std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  auto object = clone_quick(*object_.plugin, true, diag);
  if (!object.ok()) return;
  out.push_back(std::make_unique<QuickCandidate>(std::move(*object), *this, node, target));
}

}  // namespace tenon::plugin
