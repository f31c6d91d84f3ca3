// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writes the seeds of the safe reader's fuzzer into the folder it is given: a sound engine for each
// kernel, some wishes that only some plugins or little memory show, what only standard engines
// have, and damaged beginnings.
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "test/faults/toy_engine.h"
#include "test/fuzz/damaged.h"
#include "test/fuzz/safe_input.h"
#include "test/fuzz/safe_plugin.h"
#include "test/safe/test_engine.h"

namespace {

using namespace std::string_view_literals;
using tenon::Bytes;
using tenon::fuzz::Wishes;

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  void put(const Bytes& file, const Wishes& wishes = {}) {
    Bytes bytes(sizeof wishes);
    std::memcpy(bytes.data(), &wishes, sizeof wishes);
    bytes.insert(bytes.end(), file.begin(), file.end());
    tenon::CollectingSink sink;
    tenon::Diagnostics diag(sink);
    const std::string path = path_ + "/seed" + std::to_string(count_++);
    failed_ |= !tenon::write_file(path, bytes, diag).ok();
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string path_;
  int count_ = 0;
  bool failed_ = false;
};

/// What files begin with that are no engines, or none any more.
constexpr std::string_view kBeginnings[] = {""sv,
                                            "\x89TNE\n"sv,
                                            "\x89TNE\r\r\n"sv,
                                            "\x89TNE\r\n\x1A\r\n"sv,
                                            "\tTNE\r\n"sv,
                                            "\xC2\x89TNE"sv,
                                            "\xEF\xBF\xBDTNE"sv,
                                            "ftrt"sv,
                                            "PK\x03\x04"sv,
                                            "\x1F\x8B\x08"sv,
                                            "version https://git-lfs.github.com/spec/v1"sv,
                                            "\x08\x07\x12\x04"sv,
                                            "\x89TN"sv};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 2;
  }
  using namespace tenon;
  Folder folder(arguments[1]);
  device::Target any;  // no instruction set beyond what every machine has
  any.name = "any";
  for (const auto& plan : safe::make_kernel_plans()) folder.put(safe::written(plan));
  for (const auto& plan : safe::make_kernel_plans(any)) folder.put(safe::written(plan));
  const Bytes digits = safe::make_digits_engine(), plugin = safe::make_plugin_engine(2);
  folder.put(safe::make_gather_engine());
  for (const uint8_t flags : {fuzz::kOwnScratch, fuzz::kClone, fuzz::kLibraryMemory}) {
    folder.put(digits, {.flags = flags});
    folder.put(plugin, {.flags = flags});
  }
  for (uint8_t wish = 0; wish <= static_cast<uint8_t>(fuzz::Wish::FailEnqueue); ++wish) {
    folder.put(plugin, {.flags = fuzz::kClone, .plugin = wish});
  }
  for (uint16_t allocations = 1; allocations < 160; ++allocations) {
    folder.put(plugin, {.flags = fuzz::kClone, .allocations = allocations});
  }
  plan::Plan standard = safe::make_digits_plan();
  standard.capability = plan::Capability::Standard;
  standard.network.clear();
  folder.put(safe::written(standard));
  // Sizes that steps find, shapes that are contents.
  for (const plan::Plan& plan : {toy::make_plan(), toy::make_safe_plan()}) {
    folder.put(safe::written(plan));
  }
  plan::Plan libraries = safe::make_digits_plan();
  libraries.libraries = {{"libone.so", {1, 2}, Bytes(5, std::byte{7})}, {"libtwo.so", {3, 4}, {}}};
  const Bytes libraries_file = safe::written(libraries);
  for (const std::string_view text : kBeginnings) {
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    folder.put(Bytes(bytes.begin(), bytes.end()));
  }
  const auto put = [&](const Bytes& damaged) { folder.put(damaged); };
  fuzz::damage_heads(plugin, put);
  fuzz::damage_bits(libraries_file, put);
  for (const size_t size : {size_t{30}, sizeof(plan::Header), plugin.size() - 1}) {
    folder.put(Bytes(plugin.begin(), plugin.begin() + static_cast<ptrdiff_t>(size)));
  }
  Bytes longer = plugin;
  longer.resize(longer.size() + 64);
  folder.put(longer);
  folder.put(libraries_file);
  return folder.failed() ? 1 : 0;
}
