// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A tuning session kept in a file, and played again without the machine.
#pragma once

#include <memory>
#include <string>

#include "remote/tuner.h"

namespace tenon::remote {

/// Passes trials on to `tuner` and keeps the times. finish() writes `path` whole, or not at all.
/// The file holds the machine, hashes of requests and times: nothing of networks or logins.
std::unique_ptr<Tuner> record_into(std::string path, std::string_view version,
                                   std::unique_ptr<Tuner> tuner, Diagnostics& diag);

/// Gives the times of a file, as long as the same requests come in the same order: the same model,
/// configuration and version. Another request loses the machine, with a sentence. Read as hostile.
Result<std::unique_ptr<Tuner>> open_recording(const std::string& path, std::string_view version,
                                              Diagnostics& diag);

}  // namespace tenon::remote
