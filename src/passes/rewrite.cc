// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Moves on graphs that keep names, sources and outputs in step.
#include "passes/rewrite.h"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "ops/small_floats.h"

namespace tenon::passes {

ir::Node* only_reader(const PassContext& context, const ir::Value& value) {
  return value.uses().size() == 1 && !context.pinned(value) ? value.uses()[0].node : nullptr;
}

ir::Value* constant_before(ir::Graph& graph, const ir::Node* before, ops::ConstantRef data,
                           std::string name, PassContext& context) {
  auto node = graph.insert(before, ops::Constant{std::move(data)}, {}, name, context.diag);
  assert(node.ok());  // the rule of constants refuses none that is made here
  (*node)->output()->name = std::move(name);
  return (*node)->output();
}

void supplant(ir::Graph& graph, ir::Value* from, ir::Value* to) {
  std::string name = from->name;
  graph.replace(from, to);
  from->name = std::move(to->name);
  to->name = std::move(name);
}

void absorb(ir::Graph& graph, ir::Node& node, ir::Node& reader) {
  auto sources = sources_of(node);
  append_sources(sources, sources_of(reader));
  node.sources = std::move(sources);
  const std::string names[] = {node.name, reader.name};
  node.name = fused_name(names);
  supplant(graph, reader.output(), node.output());
  graph.erase(&reader);
}

namespace {

constexpr std::string_view kPlus = " + ";
constexpr std::string_view kLayers = " layers)";
constexpr size_t kMostNamed = 4;

/// "(12 layers)" at the end of a name: 12, and the name is cut; else the number of its parts.
size_t take_layer_count(std::string_view& name) {
  size_t count = 1;
  for (size_t at = name.find(kPlus); at != name.npos; at = name.find(kPlus, at + 1)) ++count;
  const size_t open = name.rfind(" (");
  if (!name.ends_with(kLayers) || open == name.npos || count < 2) return count;
  std::from_chars(name.data() + open + 2, name.data() + name.size(), count);
  name = name.substr(0, open);
  return count;
}

}  // namespace

std::string fused_name(std::span<const std::string> names) {
  size_t layers = 0;
  std::string all;
  std::string_view first, last;
  for (const std::string_view whole : names) {
    std::string_view name = whole;
    layers += take_layer_count(name);
    if (first.empty()) first = name.substr(0, name.find(kPlus));
    const size_t cut = name.rfind(kPlus);
    last = cut == name.npos ? name : name.substr(cut + kPlus.size());
    if (layers > kMostNamed) continue;
    if (!all.empty()) all += kPlus;
    all += name;
  }
  if (layers <= kMostNamed) return all;
  return fmt::format("{} + … + {} ({} layers)", first, last, layers);
}

std::vector<std::string> sources_of(const ir::Node& node) {
  return node.sources.empty() ? std::vector{node.name} : node.sources;
}

void append_sources(std::vector<std::string>& sources, const std::vector<std::string>& more) {
  for (const std::string& name : more) {
    if (std::ranges::find(sources, name) == sources.end()) sources.push_back(name);
  }
}

bool is_real(DType type) noexcept {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16;
}

std::optional<double> only_number(const ir::Value& value) {
  const ops::ConstantData* constant = value.constant();
  if (!constant || constant->count() != 1 || !is_real(value.dtype())) return std::nullopt;
  return constant->real(0);
}

ops::ConstantRef make_reals(DType dtype, const Dims& dims,
                            const std::function<double(int64_t)>& value) {
  AlignedBuffer buffer(byte_size(dtype, static_cast<size_t>(dims.volume())));
  auto* floats = reinterpret_cast<float*>(buffer.data());
  auto* halves = reinterpret_cast<uint16_t*>(buffer.data());
  for (int64_t i = 0; i < dims.volume(); ++i) {
    const auto number = static_cast<float>(value(i));
    if (dtype == DType::F32) {
      floats[i] = number;
    } else {
      halves[i] = dtype == DType::F16 ? ops::float_to_half(number) : ops::float_to_bf16(number);
    }
  }
  return ops::ConstantData::adopt(dtype, dims, std::move(buffer));
}

ops::ConstantRef make_floats(const Dims& dims, const std::function<double(int64_t)>& value) {
  return make_reals(DType::F32, dims, value);
}

bool all_equal(const ops::ConstantData& data, double value) {
  for (int64_t i = 0; i < data.count(); ++i) {
    if (data.real(i) != value) return false;
  }
  return true;
}

}  // namespace tenon::passes
