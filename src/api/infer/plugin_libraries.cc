// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading library files at build time, opening them out of engines at load time, comparing both.
#include "api/infer/plugin_libraries.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/aligned_buffer.h"
#include "base/file.h"
#include "plugin/adapt/object_op.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/v2/foreign_op.h"

namespace tenon::api {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_program(const std::string& path) {
  std::error_code unheard;
  return std::filesystem::equivalent(path, "/proc/self/exe", unheard);
}

/// As it was opened where a registry opened it: the file may have been replaced since.
std::optional<plugin::Digest> digest_of(const std::string& path,
                                        const std::vector<plugin::Entry>& entries) {
  for (const plugin::Entry& entry : entries) {
    const bool same = entry.loaded != nullptr &&
                      (entry.loaded->name() == path || entry.loaded->opened().path() == path);
    if (same) return entry.loaded->digest();
  }
  return is_program(path) ? std::nullopt : plugin::digest_of_file(path);
}

/// A cheap look at the table of sections, before anything is verified.
bool may_have_libraries(std::span<const std::byte> engine) {
  if (engine.size() < plan::kTableEnd) return false;
  plan::SectionEntry entry;
  const auto row = static_cast<size_t>(plan::Section::Libraries);
  std::memcpy(&entry, engine.data() + sizeof(plan::Header) + row * sizeof(entry), sizeof(entry));
  return entry.size != 0;
}

std::vector<plan::LibraryView> inside_of(const plan::View& engine) {
  std::vector<plan::LibraryView> inside;
  for (size_t i = 0; i < engine.library_count(); ++i) {
    const plan::LibraryView library = engine.library(i);
    if (!library.bytes.empty()) inside.push_back(library);
  }
  return inside;
}

Result<Leases> open_all(const std::vector<plan::LibraryView>& inside, const InnerLibraries& inner,
                        plugin::PluginRegistry& registry, Diagnostics& diag) {
  Leases leases;
  if (inside.empty() || inner.use == InnerLibraries::Use::Ignore) return leases;
  if (inner.use == InnerLibraries::Use::Refuse) {
    std::vector<std::string_view> names;
    for (const plan::LibraryView& library : inside) names.push_back(library.name);
    return diag.fail(Code::Unsupported,
                     "the engine carries plugin libraries whose code would run in this process: "
                     "{}; allow that with IRuntime::setEngineHostCodeAllowed(true) (trtexec: "
                     "--versionCompatible) if you trust the engine, or build it without "
                     "setPluginsToSerialize",
                     fmt::join(names, ", "));
  }
  for (const plan::LibraryView& library : inside) {
    if (plugin::digest_of(library.bytes) != library.digest) {
      return diag.fail(Code::InvalidPlan,
                       "plugin library {} inside the engine is not the one it was built with: its "
                       "digest does not match",
                       library.name);
    }
    TENON_ASSIGN(auto lease,
                 registry.load_bytes(std::string(library.name), library.bytes, inner.files, diag));
    leases.push_back(std::move(lease));
  }
  return leases;
}

}  // namespace

const std::string& library_path(const ops::ForeignOp& op) {
  if (op.family() == "v3" || op.family() == "quick") {
    return static_cast<const plugin::ObjectOp&>(op).library();
  }
  if (op.family().starts_with("safe")) return static_cast<const plugin::SafeOp&>(op).library();
  return static_cast<const plugin::V2Op&>(op).library();
}

LibraryDigests libraries_of(const ir::Graph& graph, const plugin::PluginRegistry& registry) {
  LibraryDigests found;
  std::vector<plugin::Entry> entries;
  for (const auto& node : graph.nodes()) {
    const auto* foreign = node->as<ops::Foreign>();
    const std::string path = foreign == nullptr ? "" : library_path(*foreign->op);
    if (path.empty() || found.count(path) > 0) continue;
    if (entries.empty()) entries = registry.entries();
    if (const auto digest = digest_of(path, entries)) found[path] = *digest;
  }
  return found;
}

Status add_libraries(const std::vector<std::string>& inside, const LibraryDigests& used,
                     plan::Plan& plan, Diagnostics& diag) {
  std::set<std::pair<std::string, plugin::Digest>> known;
  for (const std::string& path : inside) {
    TENON_ASSIGN(const auto library, plugin::Library::open(path, nullptr, diag));
    TENON_ASSIGN(const MappedFile file, MappedFile::open(path, diag));
    const plugin::Digest digest = plugin::digest_of(file.bytes());
    if (!known.emplace(file_name(path), digest).second) continue;
    plan.libraries.push_back(
        {file_name(path), digest, Bytes(file.bytes().begin(), file.bytes().end())});
  }
  std::set<std::string> named;
  for (const plan::Step& step : plan.steps) named.insert(step.record.plugin_library);
  std::set<std::pair<std::string, plugin::Digest>> beside;  // sorted by name, not by folder
  for (const auto& [path, digest] : used) {
    const std::string name = file_name(path);
    if (named.count(name) > 0 && known.count({name, digest}) == 0) beside.emplace(name, digest);
  }
  for (const auto& [name, digest] : beside) plan.libraries.push_back({name, digest, {}});
  return {};
}

Result<Leases> open_libraries(std::span<const std::byte> engine, const InnerLibraries& inner,
                              plugin::PluginRegistry& registry, Diagnostics& diag) {
  if (!may_have_libraries(engine)) return Leases();
  AlignedBuffer copy;
  if (reinterpret_cast<uintptr_t>(engine.data()) % alignof(uint64_t) != 0) {
    copy = AlignedBuffer(engine.size());
    if (copy.data() == nullptr) return diag.fail(Code::OutOfMemory, "no memory for the engine");
    std::memcpy(copy.data(), engine.data(), engine.size());
    engine = copy.bytes();
  }
  const auto view = plan::View::open(engine, {.inspect_only = true});
  if (!view.ok()) return Leases();  // Whoever loads it says why.
  return open_all(inside_of(*view), inner, registry, diag);
}

std::string OtherLibrary::sentence() const {
  return fmt::format(
      "plugin {} comes from another build of its library than the engine was built with: built "
      "with {} (digest {}), loaded {} (digest {}); if results differ, load the library of the "
      "build, or build the engine anew",
      plugin, built_with, built_digest, loaded, loaded_digest);
}

std::vector<OtherLibrary> other_libraries(const plan::View& engine,
                                          const plugin::PluginRegistry& registry) {
  std::vector<OtherLibrary> others;
  if (engine.library_count() == 0) return others;
  const std::vector<plugin::Entry> entries = registry.entries();
  std::set<std::pair<std::string, std::string>> seen;
  for (size_t i = 0; i < engine.step_count(); ++i) {
    const plan::StepView step = engine.step(i);
    if (step.plugin.empty()) continue;
    const ops::PluginId id{std::string(step.kernel), std::string(step.plugin_version),
                           std::string(step.plugin_namespace)};
    const auto entry = std::find_if(entries.begin(), entries.end(),
                                    [&](const plugin::Entry& e) { return e.id == id; });
    if (entry == entries.end()) continue;
    if (!seen.emplace(step.plugin_library, entry->library).second) continue;
    const auto loaded = digest_of(entry->library, entries);
    std::optional<plugin::Digest> built;
    for (size_t at = 0; loaded && at < engine.library_count(); ++at) {
      const plan::LibraryView library = engine.library(at);
      if (library.name == step.plugin_library && built != loaded) built = library.digest;
    }
    if (!built || built == loaded) continue;
    others.push_back({plugin::describe(id), std::string(step.plugin_library),
                      plugin::to_string(*built), entry->library, plugin::to_string(*loaded)});
  }
  return others;
}

}  // namespace tenon::api
