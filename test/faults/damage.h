// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tries engine files that may be damaged.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "device/target.h"
#include "kernel/loader.h"

namespace tenon::faults {

struct Outcome {
  bool ran = false;
  std::string words;  ///< what was said if it did not run
};

/// Opens a copy that ends where its block ends, so that sanitizers see an overread; loads; if that
/// goes well binds memory of the sizes the engine names, with profile 0's opt shapes, and runs
/// twice. Engines that want more than a mebibyte for anything are not run.
Outcome try_engine(std::span<const std::byte> bytes, const kernel::LoaderTable& loaders,
                   const device::Target& target);

struct Tally {
  int refused = 0, ran = 0;
};

/// Flips `count` bits at places chosen by `seed`, one at a time, and hands every file on, once as
/// it is and once with fitting checksums. Stops when `look` says false.
void flip_bits(const Bytes& file, int count, uint64_t seed,
               const std::function<bool(uint64_t bit, bool repaired, const Bytes& damaged)>& look);

}  // namespace tenon::faults
