// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Comparing ports.
#include "kernel/ports.h"

#include "kernel/layout_text.h"

namespace tenon::kernel {

namespace {

Status expect_port(const RecordView& record, const char* kind, size_t i, const Wanted& wanted,
                   std::span<const TensorDesc> given, Diagnostics& diag) {
  if (i >= given.size() || given[i].absent()) {
    return diag.fail(
        Code::InvalidPlan,
        "layer '{}': kernel {}/{} needs {} {}, which the engine does not give it; build "
        "the engine anew",
        record.node_name, record.family, record.name, kind, i);
  }
  const TensorDesc& desc = given[i];
  if (desc.dtype == wanted.dtype && desc.layout == wanted.layout &&
      fits(desc.layout, desc.dims.rank())) {
    return {};
  }
  return diag.fail(Code::InvalidPlan,
                   "layer '{}': kernel {}/{} was made for {} {} of type {} ({}), but the engine "
                   "gives it {} ({}) of {} axes; build the engine anew",
                   record.node_name, record.family, record.name, kind, i,
                   tenon::to_string(wanted.dtype), text_of(wanted.layout).view(),
                   tenon::to_string(desc.dtype), text_of(desc.layout).view(), desc.dims.rank());
}

Status expect_counts(const RecordView& record, size_t most, Diagnostics& diag) {
  if (record.inputs.size() <= most && record.outputs.size() == 1) return {};
  return diag.fail(Code::InvalidPlan,
                   "layer '{}': kernel {}/{} takes at most {} inputs and gives one output, but the "
                   "engine has {} and {}; build the engine anew",
                   record.node_name, record.family, record.name, most, record.inputs.size(),
                   record.outputs.size());
}

}  // namespace

Status expect_ports(const RecordView& record, WantedInputs inputs, const Wanted& output,
                    Diagnostics& diag) {
  TENON_TRY(expect_counts(record, inputs.size(), diag));
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i]) TENON_TRY(expect_port(record, "input", i, *inputs[i], record.inputs, diag));
  }
  return expect_port(record, "output", 0, output, record.outputs, diag);
}

Status expect_alike(const RecordView& record, size_t count, const Wanted& port, Diagnostics& diag) {
  TENON_TRY(expect_counts(record, count, diag));
  for (size_t i = 0; i < count; ++i) {
    TENON_TRY(expect_port(record, "input", i, port, record.inputs, diag));
  }
  return expect_port(record, "output", 0, port, record.outputs, diag);
}

}  // namespace tenon::kernel
