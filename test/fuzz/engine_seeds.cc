// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writes the seeds of the engine reader's fuzzer into the folder it is given: sound engines that
// differ in what they use, damaged ones, and beginnings that the reader knows.
#include <cstdio>
#include <string>
#include <string_view>

#include "base/file.h"
#include "plan/writer.h"
#include "test/faults/toy_engine.h"
#include "test/fuzz/damaged.h"

namespace {

using namespace std::string_view_literals;
using tenon::Status;
using tenon::plan::Plan;

constexpr std::string_view kBeginnings[] = {"\x89TNE\n"sv,
                                            "\x89TNE\r\r\n"sv,
                                            "\x89TNE\r\n\x1A\r\n"sv,
                                            "\tTNE\r\n"sv,
                                            "\xC2\x89TNE"sv,
                                            "\xEF\xBF\xBDTNE"sv,
                                            "ftrt"sv,
                                            "ptrt"sv,
                                            "PK\x03\x04"sv,
                                            "\x1F\x8B\x08"sv,
                                            "version https://git-lfs.github.com/spec/v1"sv,
                                            "\x08\x07\x12\x04"sv,
                                            "\x89TN"sv};

Plan without_record() {
  Plan plan = tenon::toy::make_plan();
  plan.record.clear();
  return plan;
}

Plan with_layouts() {
  Plan plan = tenon::toy::make_plan();
  const tenon::expr::Code one = tenon::expr::compile(tenon::expr::Expr(1)).value();
  plan.tensors[3].layout = tenon::kernel::Layout::hwc(4);
  plan.tensors[3].shape = {one, one, one};
  return plan;
}

Plan with_upper_on_upper() {
  Plan plan = tenon::toy::make_plan();
  plan.symbols.push_back(plan.symbols[2]);
  plan.symbols[3].upper = tenon::expr::compile(tenon::expr::Expr::symbol(2)).value();
  return plan;
}

Plan with_libraries_and_debug() {
  Plan plan = tenon::toy::make_plan();
  plan.debug = {{.name = "seen", .tensor = plan.outputs.front(), .unfused = false}};
  plan.libraries = {{"libone.so", {1, 2}, tenon::Bytes(5, std::byte{7})},
                    {"libtwo.so", {3, 4}, {}}};
  return plan;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 2;
  }
  tenon::CollectingSink sink;
  tenon::Diagnostics diag(sink);
  int number = 0;
  const auto save = [&](std::span<const std::byte> bytes) {
    const std::string path = std::string(arguments[1]) + "/seed" + std::to_string(number++);
    if (!tenon::write_file(path, bytes, diag).ok()) std::fputs(sink.errors().c_str(), stderr);
  };
  for (const Plan& plan : {tenon::toy::make_plan(), without_record(), with_layouts(),
                           with_upper_on_upper(), tenon::toy::make_safe_plan()}) {
    const tenon::Result<tenon::Bytes> file = tenon::plan::write(plan, diag);
    if (file.ok()) save(*file);
  }
  const tenon::Result<tenon::Bytes> file = tenon::plan::write(with_libraries_and_debug(), diag);
  if (file.ok()) {
    save(*file);
    tenon::fuzz::damage_heads(*file, save);
    tenon::fuzz::damage_section(*file, tenon::plan::Section::Libraries, save);
    tenon::fuzz::damage_section(*file, tenon::plan::Section::Program, save);
    tenon::fuzz::damage_bits(*file, save);
  }
  for (const std::string_view text : kBeginnings) {
    save(std::as_bytes(std::span(text.data(), text.size())));
  }
  if (!sink.entries.empty()) std::fprintf(stderr, "%s\n", sink.errors().c_str());
  return sink.entries.empty() ? 0 : 1;
}
