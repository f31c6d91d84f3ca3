// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin libraries that engines were built with, and those that travel inside engines.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "ir/graph.h"
#include "plan/plan.h"
#include "plan/view.h"
#include "plugin/registry/registry.h"

namespace tenon::api {

/// Path of the library that a network's plugin came from; empty when unknown.
const std::string& library_path(const ops::ForeignOp& op);

/// Libraries by path, as far as their files can be read. The program itself is none.
using LibraryDigests = std::map<std::string, plugin::Digest>;

/// The libraries that the plugins of a network came from.
LibraryDigests libraries_of(const ir::Graph& graph, const plugin::PluginRegistry& registry);

/// Writes into the plan the libraries of `inside`, file and all, in that order, and then the
/// digests of those of `used` that a step names. Fails, naming it, for a file that is no plugin
/// library: each of `inside` is opened to see.
Status add_libraries(const std::vector<std::string>& inside, const LibraryDigests& used,
                     plan::Plan& plan, Diagnostics& diag);

/// What to do with libraries inside an engine.
struct InnerLibraries {
  enum class Use : uint8_t {
    Refuse,  ///< the caller did not allow them: the engine is refused
    Open,    ///< open them and register their creators
    Ignore,  ///< the registry has made their plugins already
  };
  Use use = Use::Refuse;
  plugin::TemporaryFiles files;
};

/// Keeps the creators of an engine's libraries registered.
using Leases = std::vector<std::shared_ptr<const void>>;

/// Opens the libraries inside an engine. Does nothing, and says nothing, for bytes that are no
/// engine file.
Result<Leases> open_libraries(std::span<const std::byte> engine, const InnerLibraries& inner,
                              plugin::PluginRegistry& registry, Diagnostics& diag);

/// A plugin whose creator comes from another build of its library than the engine knows.
struct OtherLibrary {
  std::string plugin;  ///< name, version and namespace in words
  std::string built_with, built_digest;
  std::string loaded, loaded_digest;
  [[nodiscard]] std::string sentence() const;
};

/// One a library, in the order of the steps.
std::vector<OtherLibrary> other_libraries(const plan::View& engine,
                                          const plugin::PluginRegistry& registry);

}  // namespace tenon::api
