// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From surroundings to a cause, from a cause to words.
#include "plugin/resolve/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

#include "plugin/resolve/nearness.h"

namespace tenon::plugin {

namespace {

/// What each cause is told with.
struct Finding {
  Cause cause;
  std::string sentence;
};

std::string or_none(const std::string& text) { return text.empty() ? "the program itself" : text; }

std::string where(const Entry& entry) {
  return fmt::format("{} from {}", describe(entry.id), or_none(entry.library));
}

/// The namespaces that a request accepts: the one it names, then the node's domain.
bool namespace_fits(const ops::ForeignRequest& request, const std::string& name_space) {
  return name_space == request.name_space ||
         (!request.domain.empty() && name_space == request.domain);
}

std::string version_mend(const ops::ForeignRequest& request, const Entry& entry) {
  return fmt::format(
      "The version differs: the node asks for plugin_version \"{}\", registered is \"{}\". "
      "Versions "
      "are compared as text, so \"1\" and \"1.0\" are two versions. Set the node's attribute "
      "plugin_version to \"{}\", or load the library that brings version \"{}\".",
      request.version, entry.id.version, entry.id.version, request.version);
}

std::string namespace_mend(const ops::ForeignRequest& request, const Entry& entry) {
  return fmt::format(
      "The namespace differs: the node asks for plugin_namespace \"{}\"{}, registered is \"{}\". "
      "Set "
      "the node's attribute plugin_namespace to \"{}\", or register the creator under \"{}\".",
      request.name_space,
      request.domain.empty() ? "" : fmt::format(" (and its domain is \"{}\")", request.domain),
      entry.id.name_space, entry.id.name_space, request.name_space);
}

/// How far a creator's version and namespace are from those asked for.
int distance(const ops::ForeignRequest& request, const Entry& entry) {
  return edit_distance(request.version, entry.id.version) +
         edit_distance(request.name_space, entry.id.name_space);
}

/// Causes among creators that have exactly the name.
std::optional<Finding> same_name(const ops::ForeignRequest& request, const Surroundings& around) {
  const Entry* by_version = nullptr;
  const Entry* by_namespace = nullptr;
  const Entry* neither = nullptr;
  for (const Entry& entry : around.registered) {
    if (entry.id.name != request.op_type) continue;
    const bool version = entry.id.version == request.version;
    const bool name_space = namespace_fits(request, entry.id.name_space);
    if (version && name_space) {
      return Finding{
          Cause::WrongKind,
          fmt::format("It is registered ({}), but its creator is of kind {}, which this "
                      "build cannot put into a network; offer an IPluginCreatorV3One, V3Quick or "
                      "IPluginCreator.",
                      where(entry), to_string(entry.kind))};
    }
    const Entry*& slot = name_space ? by_version : version ? by_namespace : neither;
    if (slot == nullptr || distance(request, entry) < distance(request, *slot)) slot = &entry;
  }
  if (by_version != nullptr) {
    return Finding{Cause::WrongVersion, version_mend(request, *by_version)};
  }
  if (by_namespace != nullptr) {
    return Finding{Cause::WrongNamespace, namespace_mend(request, *by_namespace)};
  }
  if (neither == nullptr) return std::nullopt;
  return Finding{Cause::WrongVersionAndNamespace,
                 version_mend(request, *neither) + " " + namespace_mend(request, *neither)};
}

/// The registered entry whose name is nearest, if any is near.
const Entry* nearest_entry(const std::string& name, const std::vector<Entry>& entries) {
  const Entry* best = nullptr;
  for (const Entry& entry : entries) {
    if (!near(name, entry.id.name)) continue;
    if (best == nullptr ||
        edit_distance(name, entry.id.name) < edit_distance(name, best->id.name)) {
      best = &entry;
    }
  }
  return best;
}

std::string_view nearest_builtin(const std::string& name, const Surroundings& around) {
  std::string_view best;
  for (std::string_view builtin : around.builtin_names) {
    if (edit_distance(name, builtin) > std::max(1, static_cast<int>(name.size()) / 4)) continue;
    if (best.empty() || edit_distance(name, builtin) < edit_distance(name, best)) best = builtin;
  }
  return best;
}

/// Libraries in the process that no entry comes from.
std::vector<std::string> unclaimed(const Surroundings& around) {
  std::vector<std::string> result;
  for (const std::string& library : around.loaded_libraries) {
    const bool claimed = std::any_of(around.registered.begin(), around.registered.end(),
                                     [&](const Entry& e) { return e.library == library; });
    if (!claimed) result.push_back(library);
  }
  return result;
}

std::optional<Finding> library_trouble(const Surroundings& around) {
  const auto idle = unclaimed(around);
  if (!idle.empty()) {
    return Finding{Cause::NotHandedOver,
                   fmt::format("Library {} is loaded in this process and exports creators, but no "
                               "registry was given it: pass it with --dynamicPlugins={}, or call "
                               "IPluginRegistry::loadLibrary.",
                               idle.front(), idle.front())};
  }
  if (!around.refusals.empty()) {
    return Finding{Cause::LoadRefused,
                   "A library or creator was refused earlier: " + around.refusals.back() + "."};
  }
  return std::nullopt;
}

Finding unknown_name(const ops::ForeignRequest& request, const Surroundings& around) {
  const bool native_domain = request.domain.empty() || request.domain == "ai.onnx";
  if (native_domain && is_standard_operator(request.op_type)) {
    return {Cause::NativeMissing,
            fmt::format("{0} is an operator of the ONNX standard that Tenon does not have yet. A "
                        "plugin registered as \"{0}\" would be used for it; or export the model "
                        "without it (docs/coverage.md lists the operators there are).",
                        request.op_type)};
  }
  if (const Entry* entry = nearest_entry(request.op_type, around.registered)) {
    return {Cause::MisspeltName,
            fmt::format("The name is unknown; a near one is registered: {}. Correct the node's "
                        "op_type to \"{}\", or the name that the creator answers.",
                        where(*entry), entry->id.name)};
  }
  const std::string_view builtin = nearest_builtin(request.op_type, around);
  if (native_domain && !builtin.empty()) {
    return {Cause::MisspeltOperator,
            fmt::format("No plugin has this name, but the operator {} is near: correct the node's "
                        "op_type.",
                        builtin)};
  }
  if (auto trouble = library_trouble(around)) return *trouble;
  if (around.registered.empty()) {
    return {Cause::NothingRegistered,
            "No plugin is registered at all: pass the library that brings it with "
            "--dynamicPlugins=LIB (it exports getCreators) or --staticPlugins=LIB (it registers "
            "itself), or call IPluginRegistry::loadLibrary. If a statically linked library should "
            "have registered it, the linker may have dropped its registrar: link it with "
            "--whole-archive."};
  }
  return {Cause::Unknown,
          "It is neither an operator of the ONNX standard nor like any registered plugin: pass the "
          "library that brings it with --dynamicPlugins=LIB, or call IPluginRegistry::loadLibrary. "
          "If a statically linked library should have registered it, the linker may have dropped "
          "its registrar: link it with --whole-archive."};
}

std::string row(const Entry& entry) {
  return fmt::format("\n  {}, kind {}", where(entry), to_string(entry.kind));
}

/// The entries of one library that stand together, beginning with the first of `entries`.
std::span<const Entry> of_one_library(std::span<const Entry> entries) {
  const auto end = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.library != entries.front().library;
  });
  return entries.first(static_cast<size_t>(end - entries.begin()));
}

/// What is registered, in search order. A library with many is told in one line, but for names that
/// are near the one asked for.
std::string listing(const ops::ForeignRequest& request, const Surroundings& around) {
  constexpr size_t kMany = 6;
  if (around.registered.empty()) return "Registered plugins: none.";
  std::string text = "Registered plugins, in the order they are searched:";
  for (std::span<const Entry> rest = around.registered; !rest.empty();) {
    const std::span<const Entry> library = of_one_library(rest);
    rest = rest.subspan(library.size());
    const bool many = library.size() > kMany;
    for (const Entry& entry : library) {
      if (!many || near(request.op_type, entry.id.name)) text += row(entry);
    }
    if (many) {
      text += fmt::format("\n  {}: {} plugins (`tenon plugins` lists them)",
                          or_none(library.front().library), library.size());
    }
  }
  return text;
}

}  // namespace

Explanation explain_missing(const ops::ForeignRequest& request, const Surroundings& around) {
  Finding finding = [&] {
    if (auto found = same_name(request, around)) return *found;
    return unknown_name(request, around);
  }();
  std::string text = fmt::format(
      "Node \"{}\"{} needs plugin name \"{}\", version \"{}\", namespace \"{}\".\n{}\n{}",
      request.node_name,
      request.domain.empty() ? "" : fmt::format(" (domain \"{}\")", request.domain),
      request.op_type, request.version, request.name_space, finding.sentence,
      listing(request, around));
  const bool told = finding.cause == Cause::LoadRefused;
  for (const std::string& refusal : around.refusals) {
    if (!told) text += "\nRefused earlier: " + refusal;
  }
  return {finding.cause, std::move(text)};
}

}  // namespace tenon::plugin
