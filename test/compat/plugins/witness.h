// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins and creators of every family that note which of their methods is called in which phase.
#pragma once

#include <NvInfer.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace witness {

/// Where a program is: the letters of the table in docs/plugin_life_cycle.md.
enum class Phase : char {
  kLIST = 'L',     ///< creators are registered
  kNETWORK = 'N',  ///< a network is made
  kBUILD = 'B',    ///< the engine is built and written
  kLOAD = 'D',     ///< the engine is read
  kCONTEXT = 'C',  ///< a context is made
  kRUN = 'R',      ///< the engine runs
  kEND = 'X',      ///< contexts, engine and network go
};

/// What was called so far. One thread.
class Journal {
 public:
  void enter(Phase phase) { phase_ = phase; }
  void note(std::string const& method);
  /// Letters of the phases in which "Class::method" was called, in the order above.
  std::string phases(std::string const& method) const;
  /// Position of the first call; -1 for none.
  int first(std::string const& method) const;
  void clear() { *this = {}; }

 private:
  struct Row {
    std::set<char> phases;
    int first = -1;
  };
  Phase phase_ = Phase::kLIST;
  std::map<std::string, Row> rows_;
  int calls_ = 0;
};
Journal& journal();

/// One creator a family: IPluginV2, Ext, IOExt, DynamicExt, V3, quick and quick ahead of time.
/// Plugins compute y = x; their names are those of the creators.
std::vector<std::unique_ptr<nvinfer1::IPluginCreatorInterface>> creators();

/// The V3 creator of them; see witness_v3.cc.
std::unique_ptr<nvinfer1::IPluginCreatorInterface> creatorV3();

/// The quick creators of them, of plugins called while running ("IPluginV3Quick") and compiled into
/// the engine ("IPluginV3QuickAOT"); see witness_quick.cc.
std::unique_ptr<nvinfer1::IPluginCreatorInterface> creatorQuick();
std::unique_ptr<nvinfer1::IPluginCreatorInterface> creatorQuickAot();

/// Creators for the safe registry, of one static shape ("IPluginV3OneSafeBuild") and of several
/// ("IPluginV3OneSafeBuildMSS").
std::vector<std::unique_ptr<nvinfer1::IPluginCreatorInterface>> safeCreators();

}  // namespace witness
