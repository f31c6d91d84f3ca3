// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Why every layer of an engine runs as it does: the plan, and the record of its build.
#include <fmt/core.h>

#include "api/infer/plugin_libraries.h"
#include "api/why/account.h"
#include "device/target.h"
#include "plan/view.h"

namespace tenon::api {

namespace {

/// The record's node of a layer; null when the record was stripped.
const ordered_json* find_node(const ordered_json& record, std::string_view layer) {
  if (!record.contains("nodes")) return nullptr;
  for (const ordered_json& node : record["nodes"]) {
    if (node.value("name", "") == layer) return &node;
  }
  return nullptr;
}

ordered_json describe(const plan::View& plan, size_t index, const ordered_json& record) {
  const plan::StepView step = plan.step(index);
  ordered_json entry{{"layer", step.name},
                     {"kernel", fmt::format("{}/{}@{}", step.family, step.kernel, step.version)},
                     {"tactic", step.tactic},
                     {"threads", step.threads}};
  if (!step.plugin.empty()) {
    entry["plugin"] = {{"name", step.kernel},
                       {"version", step.plugin_version},
                       {"namespace", step.plugin_namespace},
                       {"library", step.plugin_library}};
  }
  for (uint32_t i = 0; i < step.source_count; ++i) {
    entry["sources"].push_back(plan.source(index, i));
  }
  if (const ordered_json* node = find_node(record, step.name)) {
    entry["alternatives"] = node->value("alternatives", ordered_json::array());
    entry["refusals"] = node->value("refusals", ordered_json::array());
  }
  return entry;
}

bool concerns(const std::string& only, const ordered_json& entry) {
  if (only.empty() || entry["layer"] == only) return true;
  if (!entry.contains("sources")) return false;
  for (const ordered_json& source : entry["sources"]) {
    if (source == only) return true;
  }
  return false;
}

}  // namespace

Result<ordered_json> account_of_engine(std::span<const std::byte> bytes, const std::string& only,
                                       Diagnostics& diag) {
  auto plan = plan::View::open(bytes);
  if (!plan.ok()) return diag.fail(plan.status().code, "{}", plan.status().what);
  ordered_json record = ordered_json::parse(plan->record(), nullptr, false);
  if (record.is_discarded()) record = ordered_json::object();
  ordered_json account{{"engine", plan->name()},
                       {"target", plan->target().name},
                       {"record", !record.empty()},
                       {"layers", ordered_json::array()}};
  account["libraries"] = ordered_json::array();
  for (size_t i = 0; i < plan->library_count(); ++i) {
    const plan::LibraryView library = plan->library(i);
    account["libraries"].push_back({{"library", library.name},
                                    {"digest", plugin::to_string(library.digest)},
                                    {"bytes_inside", library.bytes.size()}});
  }
  account["other_builds"] = ordered_json::array();
  for (const OtherLibrary& other : other_libraries(*plan, plugin::global_registry())) {
    account["other_builds"].push_back(other.sentence());
  }
  account["quantised"] = record.value("quantised", ordered_json::array());
  const std::string missing = device::missing_isa(plan->isa_needed(), device::local_target());
  if (!missing.empty()) account["missing_here"] = missing;
  for (size_t i = 0; i < plan->step_count(); ++i) {
    ordered_json entry = describe(*plan, i, record);
    if (concerns(only, entry)) account["layers"].push_back(std::move(entry));
  }
  return account;
}

}  // namespace tenon::api
