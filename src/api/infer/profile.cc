// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping and checking ranges.
#include "api/infer/profile.h"

#include <fmt/core.h>

#include "plugin/convert.h"

namespace tenon::api {

namespace {

using nvinfer1::OptProfileSelector;

size_t index_of(OptProfileSelector select) { return static_cast<size_t>(select); }
bool known(OptProfileSelector select) { return index_of(select) < 3; }

}  // namespace

bool Profile::setDimensions(char const* inputName, OptProfileSelector select,
                            nvinfer1::Dims const& dims) noexcept {
  if (inputName == nullptr || !known(select) || !plugin::to_dims(dims)) {
    voice_.refuse(Code::InvalidArgument,
                  "setDimensions needs an input name, a selector and 0 to 8 extents");
    return false;
  }
  for (int32_t i = 0; i < dims.nbDims; ++i) {
    if (dims.d[i] >= 0) continue;
    voice_.refuse(
        Code::InvalidArgument,
        fmt::format("setDimensions of '{}': extent {} is negative ({})", inputName, i, dims.d[i]));
    return false;
  }
  inputs_[inputName].dims[index_of(select)] = dims;
  return true;
}

const Profile::Input* Profile::find(char const* name) const noexcept {
  if (name == nullptr) return nullptr;
  const auto found = inputs_.find(std::string_view(name));
  return found == inputs_.end() ? nullptr : &found->second;
}

nvinfer1::Dims Profile::getDimensions(char const* inputName,
                                      OptProfileSelector select) const noexcept {
  const Input* input = find(inputName);
  return input == nullptr || !known(select) ? nvinfer1::Dims{-1, {}}
                                            : input->dims[index_of(select)];
}

bool Profile::set_values(char const* name, OptProfileSelector select,
                         std::vector<int64_t> values) noexcept {
  if (name == nullptr || !known(select)) {
    voice_.refuse(Code::InvalidArgument, "setShapeValues needs an input name and a selector");
    return false;
  }
  Input& input = inputs_[name];
  input.narrow[index_of(select)].assign(values.begin(), values.end());
  input.values[index_of(select)] = std::move(values);
  return true;
}

bool Profile::setShapeValues(char const* inputName, OptProfileSelector select,
                             int32_t const* values, int32_t nbValues) noexcept {
  if (values == nullptr || nbValues < 0) return set_values(nullptr, select, {});
  return set_values(inputName, select, {values, values + nbValues});
}

bool Profile::setShapeValuesV2(char const* inputName, OptProfileSelector select,
                               int64_t const* values, int32_t nbValues) noexcept {
  if (values == nullptr || nbValues < 0) return set_values(nullptr, select, {});
  return set_values(inputName, select, {values, values + nbValues});
}

int32_t Profile::getNbShapeValues(char const* inputName) const noexcept {
  const Input* input = find(inputName);
  return input == nullptr || input->values[0].empty()
             ? -1
             : static_cast<int32_t>(input->values[0].size());
}

int32_t const* Profile::getShapeValues(char const* inputName,
                                       OptProfileSelector select) const noexcept {
  const Input* input = find(inputName);
  if (input == nullptr || !known(select) || input->narrow[index_of(select)].empty()) return nullptr;
  return input->narrow[index_of(select)].data();
}

int64_t const* Profile::getShapeValuesV2(char const* inputName,
                                         OptProfileSelector select) const noexcept {
  const Input* input = find(inputName);
  if (input == nullptr || !known(select) || input->values[index_of(select)].empty()) return nullptr;
  return input->values[index_of(select)].data();
}

bool Profile::setExtraMemoryTarget(float target) noexcept {
  if (!(target >= 0 && target <= 1)) return false;
  extra_memory_target_ = target;
  return true;
}

bool Profile::is_valid(const Input& input) noexcept {
  const bool has_dims = input.dims[0].nbDims >= 0;
  for (size_t i = 1; i < 3; ++i) {
    if (input.dims[i].nbDims != input.dims[0].nbDims) return false;
    if (input.values[i].size() != input.values[0].size()) return false;
    for (int32_t axis = 0; has_dims && axis < input.dims[0].nbDims; ++axis) {
      if (input.dims[i - 1].d[axis] > input.dims[i].d[axis]) return false;
    }
    for (size_t v = 0; v < input.values[0].size(); ++v) {
      if (input.values[i - 1][v] > input.values[i][v]) return false;
    }
  }
  return has_dims || !input.values[0].empty();
}

bool Profile::isValid() const noexcept {
  for (const auto& [name, input] : inputs_) {
    if (!is_valid(input)) return false;
  }
  return true;
}

builder::ProfileRanges Profile::ranges(const ir::Graph& graph) const {
  builder::ProfileRanges ranges;
  for (const auto& [name, input] : inputs_) {
    builder::InputRange range{name, {}, {}, {}, input.values[0], input.values[1], input.values[2]};
    if (input.dims[0].nbDims >= 0) {
      range.min = *plugin::to_dims(input.dims[0]);
      range.opt = *plugin::to_dims(input.dims[1]);
      range.max = *plugin::to_dims(input.dims[2]);
    } else {  // A shape input, whose extents are fixed.
      const ir::Value* value = graph.find_value(name);
      const auto fixed = value == nullptr ? std::nullopt : expr::to_dims(value->shape());
      range.min = range.opt = range.max =
          fixed.value_or(Dims{static_cast<int64_t>(input.values[0].size())});
    }
    ranges.inputs.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace tenon::api
