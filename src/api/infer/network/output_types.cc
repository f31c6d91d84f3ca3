// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Outputs of other types than their operators give.
#include <fmt/core.h>

#include "api/infer/network/layer.h"
#include "plugin/convert.h"

namespace tenon::api {

namespace {

bool is_plain_real(DType type) {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16;
}

/// Whether numbers of one type become those of the other by a cast. Small types are not: they want
/// scales.
bool is_castable(DType from, DType to) {
  const auto plain = [](DType type) {
    return type == DType::F32 || type == DType::I32 || type == DType::I64 || type == DType::Bool;
  };
  return plain(from) && plain(to);
}

}  // namespace

void Network::show_instead(ir::Value* before, ir::Value* now, const std::string& name) {
  before->name = fmt::format("{}:{}", name, to_string(before->dtype()));
  now->name = name;
  if (const auto shown = tensors_.find(before); shown != tensors_.end()) {
    auto tensor = std::move(shown->second);
    tensors_.erase(shown);
    tensor->rebind(*now);
    tensors_[now] = std::move(tensor);
  }
  if (debug_.erase(before) > 0) debug_.insert(now);
}

bool Network::cast_output(ir::Value* value, DType dtype) {
  Diagnostics diag = voice_.diagnostics();
  const auto made = graph_.add(ops::Cast{dtype}, {value}, "", diag);
  if (!made.ok()) return false;
  ir::Value* const cast = (*made)->output();
  const std::string name = value->name;
  graph_.replace(value, cast);
  casts_[value] = *made;
  hidden_.insert(*made);
  show_instead(value, cast, name);
  if (refresh()) return true;
  uncast_output(value);
  return false;
}

void Network::uncast_output(ir::Value* value) {
  const auto found = casts_.find(value);
  if (found == casts_.end()) return;
  ir::Node* const node = found->second;
  casts_.erase(found);
  hidden_.erase(node);
  const std::string name = node->output()->name;
  graph_.replace(node->output(), value);
  show_instead(node->output(), value, name);
  layers_.erase(node);
  graph_.erase(node);
  Diagnostics diag = voice_.diagnostics();
  (void)graph_.refresh(diag);
}

bool Network::set_output_type(ir::Node& node, int32_t index, nvinfer1::DataType wanted) noexcept {
  return guarded(voice_, false, [&] {
    const auto dtype = plugin::to_dtype(wanted);
    if (index < 0 || static_cast<size_t>(index) >= node.outputs().size() || !dtype) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("setOutputType: layer '{}' has {} outputs, and the type must be "
                                "one that there is",
                                node.name, node.outputs().size()));
      return false;
    }
    ir::Value* const value = node.output(static_cast<size_t>(index));
    const DType now = value->dtype();
    const bool typed = getFlag(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
    if (typed && *dtype != now) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("layer '{}': setOutputType belongs to weakly typed networks: add a "
                                "cast layer behind output {}, which is {}",
                                node.name, index, to_string(now)));
      return false;
    }
    if (const auto cast = casts_.find(value); cast != casts_.end() && *dtype != now) {
      return change(*cast->second, [&] { cast->second->as<ops::Cast>()->to = *dtype; });
    }
    if (*dtype == now) return uncast_output(value), true;
    if (is_castable(now, *dtype)) return cast_output(value, *dtype);
    if (is_plain_real(now) && is_plain_real(*dtype)) return true;  // a wish, for the build
    voice_.refuse(Code::Unsupported,
                  fmt::format("layer '{}': output {} of {} does not become {} by a cast: add a "
                              "quantize or cast layer",
                              node.name, index, to_string(now), to_string(*dtype)));
    return false;
  });
}

void Network::reset_output_type(ir::Node& node, int32_t index) noexcept {
  guarded(voice_, false, [&] {
    if (index < 0 || static_cast<size_t>(index) >= node.outputs().size()) return false;
    uncast_output(node.output(static_cast<size_t>(index)));
    return true;
  });
}

}  // namespace tenon::api
