// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Greetings, wishes and times as bytes.
#include "remote/messages.h"

#include <cmath>

namespace tenon::remote {

namespace {

constexpr size_t kMostText = 64 << 10, kMostWarnings = 1024;

/// A text that is not longer than any honest one.
std::string short_text(ByteReader& reader) {
  const std::string_view text = reader.text();
  return std::string(text.substr(0, kMostText));
}

/// A number of items of at least `least` bytes each, as far as there is room for them.
size_t item_count(ByteReader& reader, size_t least) {
  const auto count = reader.take<uint32_t>();
  if (count * uint64_t{least} <= reader.rest().size()) return count;
  (void)reader.raw(SIZE_MAX);  // the reader is not ok from now on
  return 0;
}

bool done(const ByteReader& reader) { return reader.ok() && reader.at_end(); }

}  // namespace

Bytes pack(const Hello& hello) {
  ByteWriter writer;
  writer.text(hello.version);
  writer.put(static_cast<uint32_t>(hello.plugins.size()));
  for (const std::string& plugin : hello.plugins) writer.text(plugin);
  return std::move(writer).bytes();
}

std::optional<Hello> read_hello(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  Hello hello;
  hello.version = short_text(reader);
  const size_t count = item_count(reader, sizeof(uint32_t));
  for (size_t i = 0; i < count; ++i) hello.plugins.push_back(short_text(reader));
  return done(reader) ? std::optional(std::move(hello)) : std::nullopt;
}

Bytes pack(const Welcome& welcome) {
  ByteWriter writer;
  writer.text(welcome.version);
  const device::Target& target = welcome.target;
  writer.text(target.name);
  writer.put(target.isa);
  writer.put(target.cores);
  writer.put(target.l1d_bytes);
  writer.put(target.l2_bytes);
  writer.put(target.l3_bytes);
  return std::move(writer).bytes();
}

std::optional<Welcome> read_welcome(std::span<const std::byte> bytes) {
  constexpr int32_t kMostCores = 1 << 16;
  ByteReader reader(bytes);
  Welcome welcome;
  welcome.version = short_text(reader);
  device::Target& target = welcome.target;
  target.name = short_text(reader);
  target.isa = reader.take<uint32_t>();
  target.cores = reader.take<int32_t>();
  target.l1d_bytes = reader.take<uint32_t>();
  target.l2_bytes = reader.take<uint32_t>();
  target.l3_bytes = reader.take<uint64_t>();
  if (!done(reader) || target.cores < 1 || target.cores > kMostCores) return std::nullopt;
  return welcome;
}

Bytes pack(std::span<const PluginWish> wishes) {
  ByteWriter writer;
  writer.put(static_cast<uint32_t>(wishes.size()));
  for (const PluginWish& wish : wishes) {
    for (const std::string* text :
         {&wish.library, &wish.family, &wish.name, &wish.version, &wish.name_space}) {
      writer.text(*text);
    }
  }
  return std::move(writer).bytes();
}

std::optional<std::vector<PluginWish>> read_wishes(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  std::vector<PluginWish> wishes(item_count(reader, 5 * sizeof(uint32_t)));
  for (PluginWish& wish : wishes) {
    for (std::string* text :
         {&wish.library, &wish.family, &wish.name, &wish.version, &wish.name_space}) {
      *text = short_text(reader);
    }
  }
  return done(reader) ? std::optional(std::move(wishes)) : std::nullopt;
}

Bytes pack_text(std::string_view text) {
  ByteWriter writer;
  writer.text(text);
  return std::move(writer).bytes();
}

std::string read_text(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  return short_text(reader);
}

Bytes pack_timings(std::span<const tune::Timing> timings) {
  ByteWriter writer;
  writer.put(static_cast<uint32_t>(timings.size()));
  for (const tune::Timing& timing : timings) {
    writer.put(timing.status.code);
    writer.text(timing.reason);
    writer.put(static_cast<uint32_t>(timing.warnings.size()));
    for (const std::string& warning : timing.warnings) writer.text(warning);
    writer.put(timing.runs > 0 ? timing.ms : 0.0);  // what was only tried has no time
    writer.put(static_cast<int32_t>(timing.runs));
    writer.put(static_cast<uint8_t>(timing.abandoned));
    writer.put(timing.workspace);
  }
  return std::move(writer).bytes();
}

std::optional<std::vector<tune::Timing>> read_timings(std::span<const std::byte> bytes,
                                                      size_t count) {
  constexpr size_t kLeast = 1 + 4 + 4 + 8 + 4 + 1 + 8;
  ByteReader reader(bytes);
  if (item_count(reader, kLeast) != count) return std::nullopt;
  std::vector<tune::Timing> timings(count);
  for (tune::Timing& timing : timings) {
    const auto code = reader.take<Code>();
    if (code > Code::Internal) return std::nullopt;
    if (code != Code::Ok) timing.status = {code, to_string(code)};
    timing.reason = short_text(reader);
    const size_t warnings = item_count(reader, sizeof(uint32_t));
    if (warnings > kMostWarnings) return std::nullopt;
    for (size_t i = 0; i < warnings; ++i) timing.warnings.push_back(short_text(reader));
    timing.ms = reader.take<double>();
    timing.runs = reader.take<int32_t>();
    timing.abandoned = reader.take<uint8_t>() != 0;
    timing.workspace = reader.take<uint64_t>();
    if (!std::isfinite(timing.ms) || timing.ms < 0 || timing.runs < 0) return std::nullopt;
    if (code != Code::Ok && timing.reason.empty()) timing.reason = to_string(code);
  }
  if (!done(reader)) return std::nullopt;
  return timings;
}

}  // namespace tenon::remote
