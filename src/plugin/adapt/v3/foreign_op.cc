// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a V3 plugin answers about types and shapes.
#include "plugin/adapt/v3/foreign_op.h"

#include "plugin/adapt/call.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/host.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/convert.h"

namespace tenon::plugin {

Result<std::shared_ptr<V3Op>> V3Op::create(nvinfer1::IPluginV3& original, size_t shape_inputs,
                                           std::string node_name, std::string library,
                                           std::string parameters, Diagnostics& diag) {
  TENON_ASSIGN(V3Object object, clone_v3(original, true, diag));
  const int32_t outputs = object.build->getNbOutputs();
  TENON_TRY(check_output_count(outputs, diag));
  Facts facts{id_of(*object.core),  static_cast<size_t>(outputs), shape_inputs,         {},
              std::move(node_name), std::move(library),           std::move(parameters)};
  return std::shared_ptr<V3Op>(new V3Op(std::move(object), std::move(facts)));
}

std::shared_ptr<ops::ForeignOp> V3Op::clone() const {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Call call(id(), "clone");
  auto object = clone_v3(*object_.plugin, true, diag);
  if (!object.ok()) return nullptr;
  std::shared_ptr<V3Op> copy(new V3Op(std::move(*object), facts()));
  copy->scales_ = scales_;
  return copy;
}

bool V3Op::take_integers(std::span<const Dims> dims, std::span<const float> scales) {
  if (shape_input_count() > 0) return false;  // Their tensors are never i8.
  const auto outputs = static_cast<int32_t>(output_count());
  const auto inputs = static_cast<int32_t>(dims.size()) - outputs;
  std::vector<nvinfer1::DynamicPluginTensorDesc> descs(dims.size());
  const Call call(id(), "supportsFormatCombination");
  const auto supports = [&](size_t at, nvinfer1::TensorFormat format) {
    const nvinfer1::Dims extents = to_nv_dims(dims[at]);
    descs[at] = {
        {extents, nvinfer1::DataType::kINT8, format, scales[at]}, extents, extents, extents};
    return object_.build->supportsFormatCombination(static_cast<int32_t>(at), descs.data(), inputs,
                                                    outputs);
  };
  if (!takes_integers(dims.size(), supports)) return false;
  scales_.assign(scales.begin(), scales.end());
  return true;
}

int32_t V3Op::ask_types(std::vector<nvinfer1::DataType>& outputs,
                        const std::vector<nvinfer1::DataType>& inputs,
                        const std::vector<int32_t>& ranks) {
  (void)ranks;
  return object_.build->getOutputDataTypes(outputs.data(), static_cast<int32_t>(outputs.size()),
                                           inputs.data(), static_cast<int32_t>(inputs.size()));
}

int32_t V3Op::ask_shapes(const ShapeQuestion& question) {
  return object_.build->getOutputShapes(
      question.inputs.data(), static_cast<int32_t>(question.inputs.size()),
      question.values.empty() ? nullptr : question.values.data(),
      static_cast<int32_t>(question.values.size()), question.outputs.data(),
      static_cast<int32_t>(question.outputs.size()), question.builder);
}

void V3Op::candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                      std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  auto object = clone_v3(*object_.plugin, true, diag);
  if (!object.ok()) return;
  // Asked early for a GPU alone: elsewhere it is the last question of a build.
  const char* metadata = target.is_gpu() ? object->build->getMetadataString() : nullptr;
  const bool host = is_host_plugin(id(), metadata);
  auto made = std::make_unique<V3Candidate>(std::move(*object), *this, node);
  out.push_back(offered_to(target, host, std::move(made), node, diag));
}

}  // namespace tenon::plugin
