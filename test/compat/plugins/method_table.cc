// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table, and its document.
#include "method_table.h"

#include <cstring>

#include "witness.h"

namespace methods {

namespace {

// A method that only tells what a plugin is may be called whenever somebody wants to know.
constexpr char const* kANY = "LNBDCRX";
constexpr char const* kREGISTRY = "test/compat/registry/registry_test.cc";

std::vector<Row> versionTwo(char const* family, bool ext, bool io, bool dynamic) {
  std::vector<Row> all = {
      {family, "getPluginType", kANY, "", ""},
      {family, "getPluginVersion", kANY, "", ""},
      {family, "getPluginNamespace", kANY, "", ""},
      {family, "setPluginNamespace", "ND", "", ""},
      {family, "clone", "NBC", "", ""},
      {family, "getNbOutputs", "N", "", ""},
      {family, "getOutputDimensions", "NB", "getNbOutputs", ""},
  };
  if (ext) all.push_back({family, "getOutputDataType", "NB", "getNbOutputs", ""});
  bool const combines = io || dynamic;
  char const* supports = combines ? "supportsFormatCombination" : "supportsFormat";
  char const* configure = ext ? "configurePlugin" : "configureWithFormat";
  all.push_back({family, supports, "B", "getOutputDimensions", ""});
  all.push_back({family, configure, dynamic ? "BR" : "B", supports, ""});
  all.push_back({family, "getWorkspaceSize", dynamic ? "BR" : "B", configure, ""});
  all.push_back({family, "initialize", "BD", configure, ""});
  if (ext) all.push_back({family, "attachToContext", "BC", "initialize", ""});
  all.push_back({family, "enqueue", "BR", ext ? "attachToContext" : "initialize", ""});
  if (ext) all.push_back({family, "detachFromContext", "BX", "enqueue", ""});
  all.push_back({family, "terminate", "BX", "initialize", ""});
  all.push_back({family, "getSerializationSize", "B", "terminate", ""});
  all.push_back({family, "serialize", "B", "getSerializationSize", ""});
  all.push_back({family, "destroy", "NBCX", "", ""});
  return all;
}

void append(std::vector<Row>& all, std::vector<Row> const& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<Row> creators() {
  return {
      {"IPluginCreator", "getPluginName", kANY, "", ""},
      {"IPluginCreator", "getPluginVersion", kANY, "", ""},
      {"IPluginCreator", "getPluginNamespace", kANY, "", ""},
      {"IPluginCreator", "setPluginNamespace", "L", "", ""},
      {"IPluginCreator", "getFieldNames", "N", "", ""},
      {"IPluginCreator", "createPlugin", "N", "getFieldNames", ""},
      {"IPluginCreator", "deserializePlugin", "D", "createPlugin", ""},
      {"IPluginCreatorV3One", "getPluginName", kANY, "", ""},
      {"IPluginCreatorV3One", "getPluginVersion", kANY, "", ""},
      {"IPluginCreatorV3One", "getPluginNamespace", kANY, "", ""},
      {"IPluginCreatorV3One", "getFieldNames", "N", "", ""},
      {"IPluginCreatorV3One", "createPlugin", "ND", "getFieldNames", ""},
  };
}

std::vector<Row> versionThree() {
  constexpr char const* kCORE = "IPluginV3OneCore";
  constexpr char const* kBUILD = "IPluginV3OneBuild";
  constexpr char const* kRUNTIME = "IPluginV3OneRuntime";
  return {
      {"IPluginV3", "getCapabilityInterface", "NBDC", "", ""},
      {"IPluginV3", "clone", "NBC", "", ""},
      {kCORE, "getPluginName", kANY, "", ""},
      {kCORE, "getPluginVersion", kANY, "", ""},
      {kCORE, "getPluginNamespace", kANY, "", ""},
      {kBUILD, "getNbOutputs", "N", "", ""},
      {kBUILD, "getOutputDataTypes", "NB", "getNbOutputs", ""},
      {kBUILD, "getOutputShapes", "NB", "getOutputDataTypes", ""},
      {kBUILD, "getFormatCombinationLimit", "B", "", ""},
      {kBUILD, "supportsFormatCombination", "B", "getOutputShapes", ""},
      {kBUILD, "configurePlugin", "B", "supportsFormatCombination", ""},
      {"IPluginV3OneBuildV2", "getAliasedInput", "B", "", ""},
      {kBUILD, "getNbTactics", "B", "configurePlugin", ""},
      {kBUILD, "getValidTactics", "B", "getNbTactics", ""},
      {kBUILD, "getTimingCacheID", "B", "configurePlugin", ""},
      {kBUILD, "getWorkspaceSize", "B", "configurePlugin", ""},
      {kBUILD, "getMetadataString", "B", "configurePlugin", ""},
      {kRUNTIME, "setTactic", "BDC", "", ""},
      {kRUNTIME, "attachToContext", "BC", "setTactic", ""},
      {kRUNTIME, "onShapeChange", "BR", "attachToContext", ""},
      {kRUNTIME, "enqueue", "BR", "onShapeChange", ""},
      {kRUNTIME, "getFieldsToSerialize", "B", "", ""},
  };
}

std::vector<Row> quick() {
  constexpr char const* kCORE = "IPluginV3QuickCore";
  constexpr char const* kBUILD = "IPluginV3QuickBuild";
  constexpr char const* kAOT = "IPluginV3QuickAOTBuild";
  constexpr char const* kRUNTIME = "IPluginV3QuickRuntime";
  constexpr char const* kCREATOR = "IPluginCreatorV3Quick";
  return {
      {kCORE, "getPluginName", kANY, "", ""},
      {kCORE, "getPluginVersion", kANY, "", ""},
      {kCORE, "getPluginNamespace", kANY, "", ""},
      {kBUILD, "getNbOutputs", "N", "", ""},
      {kBUILD, "getOutputDataTypes", "NB", "getNbOutputs", ""},
      {kBUILD, "getOutputShapes", "NB", "getOutputDataTypes", ""},
      {kBUILD, "getNbSupportedFormatCombinations", "B", "getOutputShapes", ""},
      {kBUILD, "getSupportedFormatCombinations", "B", "getNbSupportedFormatCombinations", ""},
      {kBUILD, "getAliasedInput", "B", "getSupportedFormatCombinations", ""},
      {kBUILD, "configurePlugin", "B", "getSupportedFormatCombinations", ""},
      {kBUILD, "getNbTactics", "B", "configurePlugin", ""},
      {kBUILD, "getValidTactics", "B", "getNbTactics", ""},
      {kBUILD, "getTimingCacheID", "B", "getSupportedFormatCombinations", ""},
      {kBUILD, "getMetadataString", "B", "configurePlugin", ""},
      {kAOT, "setTactic", "B", "", ""},
      {kAOT, "getLaunchParams", "B", "setTactic", ""},
      {kAOT, "getKernel", "B", "getLaunchParams", ""},
      {kRUNTIME, "setTactic", "BC", "", ""},
      {kRUNTIME, "enqueue", "BR", "setTactic", ""},
      {kRUNTIME, "getFieldsToSerialize", "B", "", ""},
      {kCREATOR, "getPluginName", kANY, "", ""},
      {kCREATOR, "getPluginVersion", kANY, "", ""},
      {kCREATOR, "getPluginNamespace", kANY, "", ""},
      {kCREATOR, "getFieldNames", "N", "", ""},
      {kCREATOR, "createPlugin", "ND", "getFieldNames", ""},
  };
}

/// What an ahead-of-time plugin writes its launch into, and what it writes there.
std::vector<Row> launch() {
  std::vector<Row> all = {
      {"ISymExpr", "getType", "B", "", ""},
      {"ISymExpr", "getDataType", "B", "", ""},
      {"ISymExpr", "getExpr", "B", "", ""},
  };
  constexpr char const* kARGUMENTS = "ISymExprs";
  all.push_back({kARGUMENTS, "setNbSymExprs", "B", "", ""});
  all.push_back({kARGUMENTS, "getNbSymExprs", "B", "setNbSymExprs", ""});
  all.push_back({kARGUMENTS, "setSymExpr", "B", "setNbSymExprs", ""});
  all.push_back({kARGUMENTS, "getSymExpr", "B", "setSymExpr", ""});
  constexpr char const* kNUMBERS = "IKernelLaunchParams";
  constexpr char const* kPAIRS[][2] = {{"setGridX", "getGridX"},        {"setGridY", "getGridY"},
                                       {"setGridZ", "getGridZ"},        {"setBlockX", "getBlockX"},
                                       {"setBlockY", "getBlockY"},      {"setBlockZ", "getBlockZ"},
                                       {"setSharedMem", "getSharedMem"}};
  for (auto const& pair : kPAIRS) {
    all.push_back({kNUMBERS, pair[0], "B", "", ""});
    all.push_back({kNUMBERS, pair[1], "B", pair[0], ""});
  }
  return all;
}

std::vector<Row> safe() {
  constexpr char const* kCORE = "IPluginV3OneSafeCore";
  constexpr char const* kBUILD = "IPluginV3OneSafeBuild";
  constexpr char const* kRUNTIME = "IPluginV3OneSafeRuntime";
  constexpr char const* kCREATOR = "ISafePluginCreatorV3One";
  constexpr char const* kRESOURCES = "ISafePluginResourceContext";
  return {
      {kCORE, "getPluginName", kANY, "", ""},
      {kCORE, "getPluginVersion", kANY, "", ""},
      {kCORE, "getPluginNamespace", kANY, "", ""},
      {kBUILD, "getNbOutputs", "N", "", ""},
      {kBUILD, "getOutputDataTypes", "NB", "getNbOutputs", ""},
      {kBUILD, "getOutputShapes", "NB", "getOutputDataTypes", ""},
      {kBUILD, "getFormatCombinationLimit", "B", "", ""},
      {kBUILD, "supportsFormatCombination", "B", "getOutputShapes", ""},
      {kBUILD, "configurePlugin", "B", "supportsFormatCombination", ""},
      {kBUILD, "getWorkspaceSize", "B", "configurePlugin", ""},
      {kBUILD, "getNbTactics", "B", "configurePlugin", ""},
      {kBUILD, "getValidTactics", "B", "getNbTactics", ""},
      {kBUILD, "getTimingCacheID", "B", "configurePlugin", ""},
      {kBUILD, "getMetadataString", "B", "configurePlugin", ""},
      {"IPluginV3OneSafeBuildMSS", "getSymbolicOutputShapes", "NB", "", ""},
      {kRUNTIME, "clone", "NBC", "", ""},
      {kRUNTIME, "initResource", "BDC", "clone", ""},
      {kRUNTIME, "setTactic", "BDC", "initResource", ""},
      {kRUNTIME, "enqueue", "BR", "setTactic", ""},
      {kRUNTIME, "getFieldsToSerialize", "B", "", ""},
      {kCREATOR, "getSafeRecorder", "L", "", ""},
      {kCREATOR, "setSafeRecorder", "L", "getSafeRecorder", ""},
      {kCREATOR, "getPluginName", kANY, "", ""},
      {kCREATOR, "getPluginVersion", kANY, "", ""},
      {kCREATOR, "getPluginNamespace", kANY, "", ""},
      {kCREATOR, "getFieldNames", "N", "", ""},
      {kCREATOR, "createPlugin", "ND", "getFieldNames", ""},
      {kRESOURCES, "getSafeMemAllocator", "BDC", "", ""},
      {kRESOURCES, "getSafeRecorder", "BDC", "", ""},
      {kRESOURCES, "getRuntimeErrorInformation", "BDC", "", ""},
  };
}

std::vector<Row> safeRegistry() {
  constexpr char const* kSELF = "ISafePluginRegistry";
  constexpr char const* kTEST = "src/safe/registry_test.cc";
  std::vector<Row> all;
  for (char const* method : {"registerCreator", "getAllCreators", "getCreator", "setSafeRecorder",
                             "getSafeRecorder", "deregisterCreator"}) {
    all.push_back({kSELF, method, "", "", kTEST});
  }
  all.push_back({"IPluginChecker", "validate", "", "", "test/compat/safe/sample_library_test.cc"});
  return all;
}

/// What plugins call.
std::vector<Row> callbacks() {
  constexpr char const* kBUILDER = "IExprBuilder";
  constexpr char const* kEXTENT = "IDimensionExpr";
  return {
      {kBUILDER, "constant", "NB", "", ""},
      {kBUILDER, "operation", "NB", "constant", ""},
      {kBUILDER, "declareSizeTensor", "NB", "", "test/faults/plugin_faults_test.cc"},
      {kEXTENT, "isConstant", "NB", "", ""},
      {kEXTENT, "getConstantValue", "NB", "isConstant", ""},
      {kEXTENT, "isSizeTensor", "NB", "isConstant", ""},
      {"IPluginResourceContext", "getGpuAllocator", "BC", "", ""},
      {"IPluginResourceContext", "getErrorRecorder", "BC", "", ""},
      {"IPluginResource", "clone", "CR", "", kREGISTRY},
      {"IPluginResource", "release", "X", "", kREGISTRY},
  };
}

std::vector<Row> registry() {
  constexpr char const* kSELF = "IPluginRegistry";
  constexpr char const* kLIBRARIES = "test/compat/registry/libraries_test.cc";
  std::vector<Row> all;
  for (char const* method :
       {"registerCreator", "deregisterCreator", "getCreator", "getAllCreators",
        "getAllCreatorsRecursive", "getPluginCreatorList", "getPluginCreator",
        "acquirePluginResource", "releasePluginResource", "setErrorRecorder", "getErrorRecorder",
        "isParentSearchEnabled", "setParentSearchEnabled"}) {
    all.push_back({kSELF, method, "", "", kREGISTRY});
  }
  all.push_back({kSELF, "loadLibrary", "", "", kLIBRARIES});
  all.push_back({kSELF, "deregisterLibrary", "", "", kLIBRARIES});
  return all;
}

std::vector<Row> entryPoints() {
  constexpr char const* kSELF = "a plugin library";
  return {
      {kSELF, "getCreators", "L", "", "test/faults/guard/faulty_plugins.cc"},
      {kSELF, "getPluginCreators", "L", "", "test/compat/foreign/stretch_v2_plugin.cc"},
      {kSELF, "setLoggerFinder", "L", "", "test/compat/foreign/stretch_plugin.cc"},
      {kSELF, "getSafetyPluginCreator", "L", "", "test/compat/safe/sample_library_test.cc"},
      {kSELF, "getPluginChecker", "", "", "test/compat/safe/sample_library_test.cc"},
      {kSELF, "REGISTER_TENSORRT_PLUGIN", "L", "", "src/plugin/registry/registry_test.cc"},
      {"libnvinfer_plugin", "initLibNvInferPlugins", "L", "", "plugin_library/library_test.cc"},
  };
}

std::string spaced(std::string const& letters) {
  std::string text;
  for (char const letter : letters) text += (text.empty() ? "" : " ") + std::string(1, letter);
  return text;
}

constexpr char const* kHEAD = R"(# The life of a plugin, call by call

Which method is called when. The table is written by `method_table_test`, which leads a plugin of every
family through its life and fails when the table is no longer true
(`TENON_WRITE_DOCS=1 build/release/test/method_table_test` writes it anew). Phases:

- **L** creators are registered
- **N** a network is made: a parser or a program adds the plugin
- **B** the engine is built and written: formats, tactics, timing, serialization
- **D** an engine is read
- **C** a context is made
- **R** an engine runs
- **X** context, engine and network go

*may be*: phases in which the interface allows the call; *is*: those in which it was seen, or the test
that sees it; *after*: a method that was called before. Orders in detail:
`test/compat/plugins/life_cycle_test.cc` and `life_cycle_v2_test.cc`.
)";

constexpr char const* kTAIL = R"(
A safe engine is read by `createTRTGraph` (**D**), cloned (**C**) and run by `executeAsync` (**R**).
`isOutputBroadcastAcrossBatch` and `canBroadcastInputAcrossBatch` of `IPluginV2Ext` belong to networks
with implicit batch, and are never called; the test sees to that as well.
)";

}  // namespace

std::vector<Row> const& rows() {
  static std::vector<Row> const all = [] {
    std::vector<Row> list;
    append(list, versionTwo("IPluginV2", false, false, false));
    append(list, versionTwo("IPluginV2Ext", true, false, false));
    append(list, versionTwo("IPluginV2IOExt", true, true, false));
    append(list, versionTwo("IPluginV2DynamicExt", true, false, true));
    append(list, versionThree());
    append(list, quick());
    append(list, launch());
    append(list, safe());
    append(list, creators());
    append(list, callbacks());
    append(list, registry());
    append(list, safeRegistry());
    append(list, entryPoints());
    return list;
  }();
  return all;
}

std::string name(Row const& row) { return std::string(row.interface) + "::" + row.method; }

std::string document() {
  std::string text = kHEAD, last;
  size_t seen = 0;
  for (Row const& row : rows()) {
    if (last != row.interface) {
      text += "\n## " + std::string(row.interface) +
              "\n\n| method | may be | is | after |\n|---|---|---|---|\n";
      last = row.interface;
    }
    bool const elsewhere = std::strlen(row.test) != 0;
    std::string const is = elsewhere ? "`" + std::string(row.test) + "`"
                                     : spaced(witness::journal().phases(name(row)));
    std::string const may = std::string(row.phases).size() == 7 ? "any" : spaced(row.phases);
    std::string const after = std::strlen(row.after) == 0 ? "" : "`" + std::string(row.after) + "`";
    text += "| `" + std::string(row.method) + "` | " + may + " | " + is + " | " + after + " |\n";
    seen += elsewhere ? 0 : 1;
  }
  text += "\n" + std::to_string(rows().size()) + " methods: " + std::to_string(seen) +
          " seen in the life of the plugins here, " + std::to_string(rows().size() - seen) +
          " by tests of their own.\n";
  return text + kTAIL;
}

}  // namespace methods
