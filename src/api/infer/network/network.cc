// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors, layers and edits of a network.
#include "api/infer/network/network.h"

#include <fmt/core.h>

#include <algorithm>

#include "api/infer/network/layer.h"
#include "api/infer/network/layers.h"
#include "api/infer/network/layers_control.h"
#include "ir/shape_input.h"
#include "plugin/adapt/quick/foreign_op.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/v2/foreign_op.h"
#include "plugin/adapt/v3/foreign_op.h"
#include "plugin/convert.h"
#include "plugin/registry/creator.h"

namespace tenon::api {

Network::Network(nvinfer1::IBuilder& builder, const Voice& voice,
                 nvinfer1::NetworkDefinitionCreationFlags flags)
    : builder_(builder), voice_(voice), flags_(flags) {}

Network::~Network() noexcept = default;

std::vector<std::string> Network::debug_tensors() const {
  std::vector<std::string> names;
  for (const ir::Value* value : debug_) names.push_back(value->name);
  std::ranges::sort(names);  // addresses have no order that repeats
  return names;
}

nvinfer1::ITensor* Network::tensor_of(ir::Value* value) noexcept {
  if (value == nullptr) return nullptr;
  auto& made = tensors_[value];
  if (made == nullptr) made = std::make_unique<Tensor>(*this, *value);
  return made.get();
}

nvinfer1::ILayer* Network::layer_of(ir::Node* node) noexcept {
  auto& made = layers_[node];
  if (made == nullptr) made = make_layer(*this, *node);
  return &made->layer();
}

nvinfer1::ITensor* Network::tensor_at(const std::vector<ir::Value*>& values,
                                      int32_t index) noexcept {
  if (index < 0 || static_cast<size_t>(index) >= values.size()) return nullptr;
  ir::Value* const value = values[static_cast<size_t>(index)];
  const auto cast = casts_.find(value);
  return tensor_of(cast == casts_.end() ? value : cast->second->output());
}

ir::Value* Network::value_of(nvinfer1::ITensor& tensor) noexcept {
  ir::Value& value = static_cast<Tensor&>(tensor).value();
  const auto found = tensors_.find(&value);
  if (found != tensors_.end() && found->second.get() == &tensor) return &value;
  voice_.refuse(Code::InvalidArgument, "the tensor belongs to another network");
  return nullptr;
}

nvinfer1::ILayer* Network::add(ops::Op op, std::vector<ir::Value*> inputs) noexcept {
  return guarded<nvinfer1::ILayer*>(voice_, nullptr, [&]() -> nvinfer1::ILayer* {
    Diagnostics diag = voice_.diagnostics();
    auto node = graph_.add(std::move(op), std::move(inputs), "", diag);
    return node.ok() ? layer_of(*node) : nullptr;
  });
}

ir::Value* Network::add_weights(const nvinfer1::Weights& weights, const Dims& dims) noexcept {
  return guarded<ir::Value*>(voice_, nullptr, [&]() -> ir::Value* {
    const auto dtype = plugin::to_dtype(weights.type);
    if (!dtype || weights.count != dims.volume() ||
        (weights.values == nullptr && weights.count > 0)) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("weights hold {} elements of type number {}, wanted are {} ({})",
                                weights.count, static_cast<int32_t>(weights.type), dims.volume(),
                                to_string(dims)));
      return nullptr;
    }
    const std::span bytes(static_cast<const std::byte*>(weights.values),
                          byte_size(*dtype, static_cast<size_t>(weights.count)));
    ir::Value* value = graph_.add_constant(
        std::make_shared<const ops::ConstantData>(*dtype, dims, bytes, nullptr), "");
    unnamed_.insert(value);
    return value;
  });
}

void Network::set_input(ir::Node& node, int32_t index, nvinfer1::ITensor& tensor) noexcept {
  ir::Value* value = value_of(tensor);
  if (value == nullptr) return;
  if (index < 0 || static_cast<size_t>(index) > node.inputs().size()) {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("layer '{}' has no input {}", node.name, index));
    return;
  }
  guarded(voice_, false, [&] {
    const auto i = static_cast<size_t>(index);
    if (i == node.inputs().size()) {
      graph_.append_input(&node, value);
    } else {
      graph_.set_input(&node, i, value);
    }
    return refresh();
  });
}

bool Network::replace_weights(ir::Node& node, size_t index, const nvinfer1::Weights& weights,
                              const Dims& dims) noexcept {
  ir::Value* value = weights.count > 0 ? add_weights(weights, dims) : nullptr;
  if (weights.count > 0 && value == nullptr) return false;
  return replace_inputs(node, {{index, value}});
}

bool Network::replace_inputs(ir::Node& node,
                             const std::vector<std::pair<size_t, ir::Value*>>& inputs) noexcept {
  return guarded(voice_, false, [&] {
    const std::vector<ir::Value*> before = node.inputs();
    for (const auto& [index, value] : inputs) graph_.set_input(&node, index, value);
    if (refresh()) return true;
    for (size_t i = 0; i < before.size(); ++i) graph_.set_input(&node, i, before[i]);
    graph_.truncate_inputs(&node, before.size());
    Diagnostics diag = voice_.diagnostics();
    (void)graph_.refresh(diag);
    return false;
  });
}

const ops::Content* Network::content_of(nvinfer1::ITensor& tensor, const char* what) noexcept {
  return guarded<const ops::Content*>(voice_, nullptr, [&]() -> const ops::Content* {
    ir::Value* value = value_of(tensor);
    Diagnostics diag = voice_.diagnostics();
    if (value == nullptr || !ir::follow_content(graph_, *value, diag).ok()) return nullptr;
    if (value->type.content) return &*value->type.content;
    voice_.refuse(
        Code::Unsupported,
        fmt::format("{} ('{}') do not follow from shapes: compute them from shapes, or make "
                    "them constants",
                    what, value->name));
    return nullptr;
  });
}

std::optional<Dims> Network::axes_from(nvinfer1::ITensor& tensor, size_t rank) noexcept {
  const ops::Content* content = content_of(tensor, "the axes of a layer");
  if (content == nullptr) return std::nullopt;
  std::set<int64_t> axes;
  const auto count = static_cast<int64_t>(rank);
  for (const expr::Expr& axis : *content) {
    const bool is_axis =
        axis.is_constant() && axis.constant() >= -count && axis.constant() < count &&
        axes.insert(axis.constant() < 0 ? axis.constant() + count : axis.constant()).second;
    if (is_axis) continue;
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("'{}' names what is no axis of a tensor of rank {}, or one twice",
                              tensor.getName(), rank));
    return std::nullopt;
  }
  Dims dims;
  for (const int64_t axis : axes) dims.push_back(axis);
  return dims;
}

bool Network::change(ir::Node& node, const std::function<void()>& edit) noexcept {
  return guarded(voice_, false, [&] {
    const ops::Op before = node.op;
    edit();
    if (refresh()) return true;
    node.op = before;
    Diagnostics diag = voice_.diagnostics();
    (void)graph_.refresh(diag);
    return false;
  });
}

bool Network::refresh() noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    return graph_.refresh(diag).ok();
  });
}

Status Network::expect_finished(Diagnostics& diag) const {
  Status outcome;
  for (const auto& node : graph_.nodes()) {
    const auto made = layers_.find(node.get());
    const std::string why = made == layers_.end() ? "" : made->second->unfinished();
    if (!why.empty()) outcome = diag.fail(Code::InvalidArgument, "{}", why);
  }
  return outcome;
}

nvinfer1::ITensor* Network::addInput(char const* name, nvinfer1::DataType type,
                                     nvinfer1::Dims const& dimensions) noexcept {
  return guarded<nvinfer1::ITensor*>(voice_, nullptr, [&]() -> nvinfer1::ITensor* {
    const auto dtype = plugin::to_dtype(type);
    const auto dims = plugin::to_dims(dimensions);
    const std::string given = name == nullptr ? "" : name;
    if (given.empty() || !dtype || !dims || graph_.find_value(given) != nullptr) {
      voice_.refuse(
          Code::InvalidArgument,
          fmt::format("addInput('{}') needs a name that is not taken, a known type and 0 to "
                      "8 extents",
                      given));
      return nullptr;
    }
    expr::Shape shape;
    for (int i = 0; i < dims->rank(); ++i) {
      shape.push_back((*dims)[i] >= 0 ? expr::Expr((*dims)[i])
                                      : graph_.symbols().named(fmt::format("{}.{}", given, i)));
    }
    return tensor_of(graph_.add_input(given, *dtype, std::move(shape)));
  });
}

void Network::markOutput(nvinfer1::ITensor& tensor) noexcept {
  if (ir::Value* value = value_of(tensor)) graph_.mark_output(value);
}
void Network::unmarkOutput(nvinfer1::ITensor& tensor) noexcept {
  if (ir::Value* value = value_of(tensor)) graph_.unmark_output(value);
}
bool Network::markDebug(nvinfer1::ITensor& tensor) noexcept {
  ir::Value* value = value_of(tensor);
  return value != nullptr && debug_.insert(value).second;
}
bool Network::unmarkDebug(nvinfer1::ITensor& tensor) noexcept {
  ir::Value* value = value_of(tensor);
  return value != nullptr && debug_.erase(value) > 0;
}
bool Network::isDebugTensor(nvinfer1::ITensor const& tensor) const noexcept {
  return debug_.count(&static_cast<const Tensor&>(tensor).value()) > 0;
}

int32_t Network::getNbLayers() const noexcept {
  return static_cast<int32_t>(graph_.nodes().size() - hidden_.size());
}
nvinfer1::ILayer* Network::getLayer(int32_t index) const noexcept {
  if (index < 0 || index >= getNbLayers()) return nullptr;
  auto at = static_cast<size_t>(index);
  if (!hidden_.empty()) {
    for (size_t i = 0; i <= at; ++i) at += hidden_.contains(graph_.nodes()[i].get()) ? 1 : 0;
  }
  return const_cast<Network*>(this)->layer_of(graph_.nodes()[at].get());
}
int32_t Network::getNbInputs() const noexcept {
  return static_cast<int32_t>(graph_.inputs().size());
}
nvinfer1::ITensor* Network::getInput(int32_t index) const noexcept {
  return const_cast<Network*>(this)->tensor_at(graph_.inputs(), index);
}
int32_t Network::getNbOutputs() const noexcept {
  return static_cast<int32_t>(graph_.outputs().size());
}
nvinfer1::ITensor* Network::getOutput(int32_t index) const noexcept {
  return const_cast<Network*>(this)->tensor_at(graph_.outputs(), index);
}

std::unordered_map<std::string, float> Network::ranges() const {
  std::unordered_map<std::string, float> all;
  for (const auto& [value, tensor] : tensors_) {
    if (!tensor->range()) continue;
    const auto [low, high] = *tensor->range();
    all[value->name] = std::max(std::abs(low), std::abs(high));
  }
  return all;
}

void Network::removeTensor(nvinfer1::ITensor& tensor) noexcept {
  ir::Value* value = value_of(tensor);
  if (value == nullptr) return;
  if (!value->is_network_input() || !value->uses().empty()) {
    voice_.refuse(
        Code::InvalidArgument,
        fmt::format("removeTensor: '{}' is read by a layer, or is no network input", value->name));
    return;
  }
  tensors_.erase(value);
  graph_.erase_input(value);
}

bool Network::getFlag(nvinfer1::NetworkDefinitionCreationFlag flag) const noexcept {
  return (flags_ >> static_cast<unsigned>(flag) & 1U) != 0;
}
bool Network::markOutputForShapes(nvinfer1::ITensor& tensor) noexcept {
  markOutput(tensor);
  return tensor.isNetworkOutput();
}
bool Network::unmarkOutputForShapes(nvinfer1::ITensor& tensor) noexcept {
  unmarkOutput(tensor);
  return !tensor.isNetworkOutput();
}
void Network::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Network::getErrorRecorder() const noexcept { return voice_.recorder(); }

bool Network::values_of(nvinfer1::ITensor* const* tensors, int32_t count,
                        std::vector<ir::Value*>& values) noexcept {
  for (int32_t i = 0; i < count; ++i) {
    values.push_back(tensors[i] == nullptr ? nullptr : value_of(*tensors[i]));
    if (tensors[i] != nullptr && values.back() == nullptr) return false;
  }
  return true;
}

nvinfer1::IPluginV2Layer* Network::addPluginV2(nvinfer1::ITensor* const* inputs, int32_t nbInputs,
                                               nvinfer1::IPluginV2& plugin) noexcept {
  return guarded<nvinfer1::IPluginV2Layer*>(voice_, nullptr, [&]() -> nvinfer1::IPluginV2Layer* {
    std::vector<ir::Value*> values;
    if (!values_of(inputs, nbInputs, values)) return nullptr;
    Diagnostics diag = voice_.diagnostics();
    auto op = plugin::V2Op::create(plugin, "plugin", plugin::library_of(&plugin), "{}", diag);
    if (!op.ok()) return nullptr;
    nvinfer1::ILayer* layer = add(ops::Foreign{std::move(*op)}, std::move(values));
    return static_cast<nvinfer1::IPluginV2Layer*>(layer);
  });
}

namespace {

/// The operator of a plugin object, by what its core says it is.
Result<std::shared_ptr<ops::ForeignOp>> plugin_op(nvinfer1::IPluginV3& plugin, int32_t shape_inputs,
                                                  Diagnostics& diag) {
  const std::string library = plugin::library_of(&plugin);
  const bool safe = plugin::is_safe(plugin), quick = plugin::is_quick(plugin);
  if (!safe && !quick) {
    TENON_ASSIGN(std::shared_ptr<ops::ForeignOp> op,
                 plugin::V3Op::create(plugin, static_cast<size_t>(shape_inputs), "plugin", library,
                                      "{}", diag));
    return op;
  }
  if (shape_inputs > 0) {
    return diag.fail(Code::Unsupported,
                     "addPluginV3: a {} plugin takes no shape inputs, but {} are given",
                     safe ? "safe" : "quick", shape_inputs);
  }
  if (quick) {
    TENON_ASSIGN(std::shared_ptr<ops::ForeignOp> op,
                 plugin::QuickOp::create(plugin, "plugin", library, "{}", diag));
    return op;
  }
  TENON_ASSIGN(std::shared_ptr<ops::ForeignOp> op,
               plugin::SafeOp::create(plugin, "plugin", library, "{}", diag));
  return op;
}

}  // namespace

nvinfer1::IPluginV3Layer* Network::addPluginV3(nvinfer1::ITensor* const* inputs, int32_t nbInputs,
                                               nvinfer1::ITensor* const* shapeInputs,
                                               int32_t nbShapeInputs,
                                               nvinfer1::IPluginV3& plugin) noexcept {
  return guarded<nvinfer1::IPluginV3Layer*>(voice_, nullptr, [&]() -> nvinfer1::IPluginV3Layer* {
    std::vector<ir::Value*> values;
    if (!values_of(inputs, nbInputs, values)) return nullptr;
    if (!values_of(shapeInputs, nbShapeInputs, values)) return nullptr;
    Diagnostics diag = voice_.diagnostics();
    for (size_t i = static_cast<size_t>(nbInputs); i < values.size(); ++i) {
      if (values[i] != nullptr && !ir::follow_content(graph_, *values[i], diag).ok()) {
        return nullptr;
      }
    }
    auto op = plugin_op(plugin, nbShapeInputs, diag);
    if (!op.ok()) return nullptr;
    nvinfer1::ILayer* layer = add(ops::Foreign{std::move(*op)}, std::move(values));
    return static_cast<nvinfer1::IPluginV3Layer*>(layer);
  });
}

}  // namespace tenon::api
