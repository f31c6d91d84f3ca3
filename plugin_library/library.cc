// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The entries of the library: registration by a call, or by handing the creators to a loader.
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "NvInferPlugin.h"
#include "plugin_library/base/messages.h"
#include "plugin_library/catalogue.h"

namespace {

using nvinfer1::ILogger;
using nvinfer1::IPluginCreator;
using nvinfer1::IPluginCreatorInterface;
using Creators = std::vector<std::unique_ptr<IPluginCreatorInterface>>;

Creators makeCreators(char const* nameSpace) {
  Creators made;
  for (shipped::Row const& row : shipped::catalogue()) {
    made.push_back(row.creator(nameSpace));
  }
  return made;
}

/// What initLibNvInferPlugins registered under one namespace. Never freed: the registry keeps
/// pointers, and plugins keep the text.
struct Registered {
  std::string nameSpace;
  Creators creators;
};

std::string describe(shipped::Row const& row, std::string const& nameSpace) {
  return nameSpace + "::" + row.identity.name + " version " + row.identity.version;
}

void registerAll(Registered& set) {
  std::span<shipped::Row const> const rows = shipped::catalogue();
  set.creators = makeCreators(set.nameSpace.c_str());
  for (size_t i = 0; i < rows.size(); ++i) {
    bool const done = getPluginRegistry()->registerCreator(*set.creators[i], set.nameSpace.c_str());
    std::string const who = describe(rows[i], set.nameSpace);
    if (done) {
      shipped::report(ILogger::Severity::kVERBOSE, "Registered plugin creator - " + who);
    } else {
      shipped::refuse("Could not register plugin creator - " + who);
    }
  }
}

/// The creators of the library that loaders are handed. Never freed: registries keep pointers.
struct HandedOut {
  Creators owners = makeCreators("");
  std::vector<IPluginCreatorInterface*> all;
  std::vector<IPluginCreator*> v2;

  HandedOut() {
    std::span<shipped::Row const> const rows = shipped::catalogue();
    for (size_t i = 0; i < rows.size(); ++i) {
      all.push_back(owners[i].get());
      if (rows[i].interface != shipped::Interface::V2) continue;
      v2.push_back(static_cast<IPluginCreator*>(owners[i].get()));
    }
  }
};

HandedOut const& handedOut() {
  static auto const* made = new HandedOut;
  return *made;
}

}  // namespace

extern "C" {

TENSORRTAPI bool initLibNvInferPlugins(void* logger, char const* libNamespace) {
  static std::mutex mutex;
  static auto* sets = new std::list<Registered>;
  std::lock_guard const lock(mutex);
  if (logger != nullptr) shipped::setLogger(static_cast<ILogger*>(logger));
  std::string const nameSpace = libNamespace == nullptr ? "" : libNamespace;
  for (Registered const& set : *sets) {
    if (set.nameSpace != nameSpace) continue;
    for (shipped::Row const& row : shipped::catalogue()) {
      shipped::report(ILogger::Severity::kVERBOSE,
                      "Plugin creator already registered - " + describe(row, nameSpace));
    }
    return true;
  }
  registerAll(sets->emplace_back(Registered{nameSpace, {}}));
  return true;
}

/// What IPluginRegistry::loadLibrary asks for: the creators, under the namespace "".
TENSORRTAPI IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  nbCreators = static_cast<int32_t>(handedOut().all.size());
  return handedOut().all.data();
}

/// The older form: only the creators of V2 plugins.
TENSORRTAPI IPluginCreator* const* getPluginCreators(int32_t& nbCreators) {
  nbCreators = static_cast<int32_t>(handedOut().v2.size());
  return handedOut().v2.data();
}

TENSORRTAPI void setLoggerFinder(nvinfer1::ILoggerFinder* finder) { shipped::setFinder(finder); }

}  // extern "C"
