// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Machine code of kernels' texts, made by NVRTC during builds.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::cuda {

/// Machine code ("cubin") of `text` behind the prelude, for GPUs of compute capability `sm` (90).
/// Deterministic for one NVRTC. The last few hundred are kept, since builds ask again and again.
/// Any thread. Fails where NVRTC is not installed, and with its words when it refuses the text.
Result<std::shared_ptr<const Bytes>> compile(const std::string& text, int sm, Diagnostics& diag);

/// Begins in the background what compile() will be asked for. Any thread.
void compile_ahead(const std::string& text, int sm);

/// What stands beside machine code in a record: "cubin sm_90".
std::string cubin_layout(int sm);
/// Behind that, where all kernels wait for those before them as the prelude says.
inline constexpr std::string_view kWaits = " waits";

}  // namespace tenon::cuda
