// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records with the greatest shapes their steps will see.
#include "session/records.h"

#include <algorithm>
#include <optional>

#include "expr/program.h"
#include "session/shapes.h"

namespace tenon::session {

namespace {

/// Numbers of all symbols at one corner of one profile.
using Values = std::vector<int64_t>;

const Dims& extents(const plan::RangeView& range, int corner) {
  return corner == 0 ? range.min : corner == 1 ? range.opt : range.max;
}
std::span<const int64_t> elements(const plan::RangeView& range, int corner) {
  return corner == 0 ? range.min_values : corner == 1 ? range.opt_values : range.max_values;
}

Result<Values> values_at(const plan::View& plan, const Schedule& schedule, size_t profile,
                         int corner, Diagnostics& diag) {
  Values values(plan.symbol_count());
  for (size_t i = 0; i < values.size(); ++i) {
    const plan::SymbolView symbol = plan.symbol(i);
    if (symbol.source == plan::SymbolSource::SizeTensor) {
      const Status status = expr::evaluate(symbol.upper, values, values[i]);
      if (!status.ok()) values[i] = 0;
      continue;
    }
    const plan::RangeView range = plan.range(profile, schedule.io_of[symbol.tensor]);
    if (symbol.source == plan::SymbolSource::InputExtent) {
      values[i] = extents(range, corner)[static_cast<int>(symbol.axis)];
    } else if (const auto content = elements(range, corner); symbol.axis < content.size()) {
      values[i] = content[symbol.axis];
    } else {
      return diag.fail(Code::InvalidPlan, "profile {} has no values for shape input '{}'", profile,
                       plan.tensor(symbol.tensor).name);
    }
  }
  return values;
}

std::optional<Dims> dims_at(const plan::CodeList& shape, const Values& values) {
  Dims dims;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    int64_t extent = 0;
    if (!expr::evaluate(shape[axis], values, extent).ok()) return std::nullopt;
    dims.push_back(std::max<int64_t>(extent, 0));
  }
  return dims;
}

/// The greatest of every extent over all corners; corners where arithmetic fails do not count.
std::optional<Dims> greatest(const plan::TensorView& tensor, std::span<const Values> corners) {
  std::optional<Dims> all;
  for (const Values& values : corners) {
    const auto one = dims_at(tensor.shape, values);
    if (!one) continue;
    if (!all) all = one;
    for (int axis = 0; axis < one->rank(); ++axis) {
      (*all)[axis] = std::max((*all)[axis], (*one)[axis]);
    }
  }
  if (all && checked_bytes(tensor.layout, *all, tensor.dtype) < 0) return std::nullopt;
  return all;
}

/// True if the step tells an extent of the tensor through a size tensor of its own.
bool told_by(uint32_t step, const plan::TensorView& tensor, const plan::View& plan) {
  bool told = false;
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    for_each_symbol(tensor.shape[axis], [&](uint32_t id) {
      const plan::SymbolView symbol = plan.symbol(id);
      told |= symbol.source == plan::SymbolSource::SizeTensor && symbol.step == step;
    });
  }
  return told;
}

/// By slot: 1 for outputs whose extents their own step finds out.
std::vector<uint8_t> open_slots(const plan::View& plan, const Schedule& schedule) {
  std::vector<uint8_t> open(schedule.slots.size(), 0);
  for (uint32_t i = 0; i < plan.step_count(); ++i) {
    const Schedule::StepSlots& at = schedule.steps[i];
    for (uint32_t slot = at.first + at.inputs; slot < at.first + at.inputs + at.outputs; ++slot) {
      const uint32_t id = schedule.slots[slot];
      if (id != plan::kNoTensor) open[slot] = told_by(i, plan.tensor(id), plan) ? 1 : 0;
    }
  }
  return open;
}

}  // namespace

Result<Records> Records::make(const plan::View& plan, const Schedule& schedule, Diagnostics& diag) {
  std::vector<Values> corners;
  for (size_t profile = 0; profile < plan.profile_count(); ++profile) {
    for (int corner = 0; corner < 3; ++corner) {
      TENON_ASSIGN(Values values, values_at(plan, schedule, profile, corner, diag));
      if (std::find(corners.begin(), corners.end(), values) == corners.end()) {
        corners.push_back(std::move(values));
      }
    }
  }
  Records out;
  for (const uint32_t id : schedule.slots) {
    kernel::TensorDesc& desc = out.greatest_.emplace_back();
    std::string_view& name = out.names_.emplace_back();
    if (id == plan::kNoTensor) continue;
    const plan::TensorView tensor = plan.tensor(id);
    name = tensor.name;
    const auto dims = greatest(tensor, corners);
    if (!dims) {
      return diag.fail(Code::InvalidPlan,
                       "the extents of tensor '{}' cannot be computed for any profile",
                       tensor.name);
    }
    desc = {tensor.dtype, tensor.layout, *dims, tensor.scale};
  }
  std::vector<size_t> first_blob;
  for (size_t i = 0; i < plan.step_count(); ++i) {
    first_blob.push_back(out.blobs_.size());
    const uint32_t count = plan.step(i).packed_count;
    for (uint32_t blob = 0; blob < count; ++blob) out.blobs_.push_back(plan.packed(i, blob));
  }
  out.open_ = open_slots(plan, schedule);
  for (size_t i = 0; i < plan.step_count(); ++i) {
    const plan::StepView step = plan.step(i);
    const Schedule::StepSlots& at = schedule.steps[i];
    const std::span<const std::string_view> names(out.names_);
    const std::span<const kernel::TensorDesc> descs(out.greatest_);
    out.views_.push_back({.family = step.family,
                          .name = step.kernel,
                          .version = step.version,
                          .params = step.params,
                          .packed = std::span(out.blobs_).subspan(first_blob[i], step.packed_count),
                          .tactic = step.tactic,
                          .threads = step.threads,
                          .plugin_version = step.plugin_version,
                          .plugin_namespace = step.plugin_namespace,
                          .plugin_library = step.plugin_library,
                          .node_name = step.name,
                          .inputs = descs.subspan(at.first, at.inputs),
                          .outputs = descs.subspan(at.first + at.inputs, at.outputs),
                          .input_names = names.subspan(at.first, at.inputs),
                          .output_names = names.subspan(at.first + at.inputs, at.outputs),
                          .open_outputs = std::span<const uint8_t>(out.open_).subspan(
                              at.first + at.inputs, at.outputs)});
  }
  return out;
}

}  // namespace tenon::session
