// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writes the seeds of the safe reader's fuzzer into the folder it is given: a sound engine for each
// kernel, some wishes that only some plugins or little memory show, and damaged beginnings.
#include <cstdio>
#include <cstring>
#include <string>

#include "base/file.h"
#include "test/fuzz/safe_input.h"
#include "test/fuzz/safe_plugin.h"
#include "test/safe/test_engine.h"

namespace {

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
  return folder.failed() ? 1 : 0;
}
