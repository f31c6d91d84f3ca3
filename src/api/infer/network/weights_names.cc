// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names of weights, and which of them may be replaced in engines.
#include <fmt/core.h>

#include <algorithm>

#include "api/infer/network/network.h"

namespace tenon::api {

namespace {

using nvinfer1::WeightsRole;

/// What a reader of a constant calls it; nullopt where it has no word for it.
std::optional<WeightsRole> role_of(const ir::Use& use) {
  if (use.node->as<ops::Convolution>() == nullptr) return std::nullopt;
  if (use.index == ops::kConvWeight) return WeightsRole::kKERNEL;
  return use.index == ops::kConvBias ? std::optional(WeightsRole::kBIAS) : std::nullopt;
}

}  // namespace

std::string Network::weights_name(const ir::Value& constant) const {
  const auto given = weights_names_.find(&constant);
  if (given != weights_names_.end()) return given->second;
  return unnamed_.contains(&constant) ? std::string() : constant.name;
}

bool Network::has_weights(std::string_view name) const {
  return std::ranges::any_of(graph_.nodes(), [&](const auto& node) {
    return node->template as<ops::Constant>() != nullptr && weights_name(*node->output()) == name;
  });
}

bool Network::setWeightsName(nvinfer1::Weights weights, char const* name) noexcept {
  return guarded(voice_, false, [&] {
    const std::string wanted = name == nullptr ? "" : name;
    bool found = false;
    if (!wanted.empty() && !has_weights(wanted)) {
      for (const auto& node : graph_.nodes()) {
        const auto* constant = node->as<ops::Constant>();
        if (constant == nullptr || constant->data->bytes().data() != weights.values ||
            constant->data->count() != weights.count) {
          continue;
        }
        weights_names_[node->output()] = wanted;
        found = true;
      }
    }
    if (!found) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("setWeightsName('{}'): {}", wanted,
                                wanted.empty()        ? "the name is empty"
                                : has_weights(wanted) ? "other weights have this name"
                                                      : "no layer uses these weights"));
    }
    return found;
  });
}

bool Network::markWeightsRefittable(char const* name) noexcept {
  return guarded(voice_, false, [&] {
    if (name != nullptr && has_weights(name)) return refittable_.insert(name), true;
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("markWeightsRefittable: no weights are named '{}'",
                              name == nullptr ? "(null)" : name));
    return false;
  });
}

bool Network::unmarkWeightsRefittable(char const* name) noexcept {
  return name != nullptr && refittable_.erase(name) > 0;
}

std::vector<builder::RefittableWeights> Network::refittable_weights(bool marked_only) const {
  std::vector<builder::RefittableWeights> all;
  for (const auto& node : graph_.nodes()) {
    const ir::Value* value = node->outputs().empty() ? nullptr : node->output();
    if (node->as<ops::Constant>() == nullptr || !is_floating(value->dtype())) continue;
    const std::string name = weights_name(*value);
    if (marked_only && !refittable_.contains(name)) continue;
    bool has_role = false;
    for (const ir::Use& use : value->uses()) {
      const auto role = role_of(use);
      if (!role) continue;
      all.push_back({value->name, name, use.node->name, static_cast<int32_t>(*role)});
      has_role = true;
    }
    if (has_role) continue;
    all.push_back({value->name, name, node->name, static_cast<int32_t>(WeightsRole::kCONSTANT)});
  }
  return all;
}

}  // namespace tenon::api
