// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a kernel was made for, compared with what an engine file gives it. Files are hostile: no
// kernel may take types, layouts, or the mere presence of a tensor, on trust.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>

#include "base/diagnostics.h"
#include "kernel/record.h"

namespace tenon::kernel {

/// What a kernel reads or writes at one position; f32 and linear where nothing else is said.
struct Wanted {
  DType dtype = DType::F32;
  Layout layout = Layout::linear();
};
/// One entry an input; nothing for one that the kernel does not read.
using WantedInputs = std::span<const std::optional<Wanted>>;

/// Refuses a record, naming the position, whose step lacks a wanted tensor or has it in another
/// type or layout, or has more inputs than there are entries, or more outputs than one. All of
/// these stay as they are while the engine lives: asked once, when the kernel is loaded. Extents
/// are another matter: they are the kernel's own to check, in on_shapes.
Status expect_ports(const RecordView& record, WantedInputs inputs, const Wanted& output,
                    Diagnostics& diag);
inline Status expect_ports(const RecordView& record,
                           std::initializer_list<std::optional<Wanted>> inputs,
                           const Wanted& output, Diagnostics& diag) {
  return expect_ports(record, WantedInputs(inputs.begin(), inputs.size()), output, diag);
}

/// The same for `count` inputs that all want `port`, as the output does.
Status expect_alike(const RecordView& record, size_t count, const Wanted& port, Diagnostics& diag);

}  // namespace tenon::kernel
