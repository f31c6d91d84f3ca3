// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What frames hold: greetings, trials, times. Both sides read them as hostile.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "device/target.h"
#include "kernel/record.h"
#include "tune/timer.h"

namespace tenon::remote {

/// Builder to worker, first of all.
struct Hello {
  std::string version;               ///< of Tenon; workers of another are refused
  std::vector<std::string> plugins;  ///< libraries to be opened whatever trials need
};

/// Worker to builder.
struct Welcome {
  std::string version;
  device::Target target;
};

/// A plugin that a trial will need, and the file name of the library that had it at the builder.
struct PluginWish {
  std::string library, family, name, version, name_space;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 inside for a pointer
  friend auto operator<=>(const PluginWish&, const PluginWish&) = default;
};

Bytes pack(const Hello& hello);
Bytes pack(const Welcome& welcome);
Bytes pack(std::span<const PluginWish> wishes);
Bytes pack_text(std::string_view text);
std::optional<Hello> read_hello(std::span<const std::byte> bytes);
/// Only CPUs: there is no way to time GPUs elsewhere.
std::optional<Welcome> read_welcome(std::span<const std::byte> bytes);
std::optional<std::vector<PluginWish>> read_wishes(std::span<const std::byte> bytes);
std::string read_text(std::span<const std::byte> bytes);

/// Trials of one call, their records included. Packed weights and constants that several trials
/// share are written once. Equal trials give equal bytes.
Bytes pack_request(std::span<const tune::Trial* const> trials, const tune::Effort& effort);

/// Trials as they arrive. Not movable: trials point into it.
struct Request {
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  tune::Effort effort;
  std::vector<kernel::Record> records;  ///< one a trial
  std::vector<uint8_t> watched;         ///< 1: nobody vouches for it
  std::vector<tune::Trial> trials;      ///< `live` is null
};

/// Fills `out`; false for bytes that are no request. Constants of the trials view `bytes`.
bool read_request(std::span<const std::byte> bytes, Request& out);

Bytes pack_timings(std::span<const tune::Timing> timings);
/// Exactly `count` of them, or nothing.
std::optional<std::vector<tune::Timing>> read_timings(std::span<const std::byte> bytes,
                                                      size_t count);

}  // namespace tenon::remote
