// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags about reports, plugins and devices, and those about build routes.
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {

namespace {

using R = ReportOptions;
using S = SystemOptions;
constexpr auto kReport = &Options::report;
constexpr auto kSystem = &Options::system;

void read_safety_plugins(Options& options, const std::string& text) {
  try {
    options.system.safety_plugins.push_back(tools::parse_safety_plugins(text));
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

const Flag kReporting[] = {
    {"--verbose", "", "say everything", set<kReport, &R::verbose>},
    {"--avgRuns", "N", "runs averaged for one line of the trace (10)",
     [](Options& o, const std::string& text) {
       o.report.avg_runs = static_cast<int>(to_integer(text, 1, INT32_MAX));
     }},
    {"--percentile", "P1,P2,…", "percentiles to report (90,95,99)",
     [](Options& o, const std::string& text) { o.report.percentiles = to_percentiles(text); }},
    {"--dumpOutput", "", "print outputs of the last run", set<kReport, &R::dump_output>},
    {"--dumpRawBindingsToFile", "", "write inputs and outputs of the last run as raw files",
     set<kReport, &R::dump_raw>},
    {"--dumpProfile", "", "print the time of each layer", set<kReport, &R::dump_profile>},
    {"--dumpLayerInfo", "", "print what each layer is", set<kReport, &R::dump_layers>},
    {"--dumpOptimizationProfile", "", "print the ranges of shapes",
     set<kReport, &R::dump_optimization_profile>},
    {"--exportTimes", "FILE", "write all times as JSON", set<kReport, &R::export_times>},
    {"--exportOutput", "FILE", "write outputs of the last run as JSON",
     set<kReport, &R::export_output>},
    {"--exportProfile", "FILE", "write the time of each layer as JSON",
     set<kReport, &R::export_profile>},
    {"--exportLayerInfo", "FILE", "write what each layer is as JSON",
     set<kReport, &R::export_layers>},
};

const Flag kSystemFlags[] = {
    {"--device", "N", "number of the GPU (0)", set<kSystem, &S::device>},
    {"--dynamicPlugins", "LIB", "load a plugin library into the registries of builder and runtime",
     set<kSystem, &S::dynamic_plugins>, true},
    {"--guard", "", "examine plugins in the build and in every run: see docs/plugin_faults.md",
     set<kSystem, &S::guard>},
    {"--staticPlugins", "LIB", "open a library that registers its plugins itself",
     set<kSystem, &S::static_plugins>, true},
    {"--plugins", "LIB", "the same under an older name", set<kSystem, &S::static_plugins>, true},
    {"--safetyPlugins", "LIB[NS::NAME,…]", "register safe plugins of a library",
     read_safety_plugins, true},
    {"--safePlugins", "LIB[NS::NAME,…]", "the same under another name", read_safety_plugins, true},
    {"--help", "", "this text; -h is the same", set<kSystem, &S::help>},
};

constexpr auto kTuned = &Options::tuning;
using T = TuningOptions;

const Flag kTuning[] = {
    {"--tuneBuildRoutes", "EXPR",
     "build and run once for each route, as \"-level=[3|5] -threads=1\" means them; keep the best",
     set<kTuned, &T::expression>},
    {"--tuneBuildRouteFile", "FILE", "the same, of the text in FILE",
     [](Options& o, const std::string& path) {
       if (!exists(path)) throw UsageError("there is no such file");
       const MappedFile file(path);
       o.tuning.expression.assign(static_cast<const char*>(file.data()), file.size());
     }},
    {"--tuningSearch", "fast|full|mixed",
     "single deviations, all combinations, or those of what gained alone (fast)",
     [](Options& o, const std::string& text) { o.tuning.search = to_search(text); }},
    {"--tuningCacheFile", "FILE", "a line of JSON about each route (best_config.json)",
     set<kTuned, &T::cache>},
    {"--tuningTimeOut", "S", "begin no route after so many seconds; -1: no limit (-1)",
     [](Options& o, const std::string& text) { o.tuning.timeout_s = to_real(text, -1); }},
    {"--tuningResultFile", "FILE", "where one trial tells the loop its result",
     set<kTuned, &T::result_file>},
    {"--saveAllEngines", "", "keep the engine of route N as ENGINE.iterN",
     set<kTuned, &T::save_all>},
    {"--dryRun", "", "list the routes and stop", set<kTuned, &T::dry_run>},
    {"--continue", "", "go on with the loop that the tuning cache file tells of",
     set<kTuned, &T::resume>},
    {"--helpBuildRoute", "[KNOB]", "print knobs and their values as JSON and stop",
     [](Options& o, const std::string& text) {
       o.tuning.help = true;
       o.tuning.help_knob = text;
     }},
    {"--setBuildRoute", "ROUTE", "take these decisions of the builder, as \"-threads=1 -dnnl=off\"",
     set<&Options::build, &BuildOptions::route>},
};

const Flag kTenon[] = {
    {"--tenonDevice", "cpu|cuda[:N]", "what the engine is built for (TENON_DEVICE, or the CPU)",
     set<kSystem, &S::tenon_device>},
    {"--maxThreads", "N", "threads a build, an engine and each context may use (all cores)",
     [](Options& o, const std::string& text) {
       o.system.max_threads = static_cast<int>(to_integer(text, 1, 1024));
     }},
};

}  // namespace

std::span<const Flag> reporting_flags() { return kReporting; }
std::span<const Flag> system_flags() { return kSystemFlags; }
std::span<const Flag> tuning_flags() { return kTuning; }
std::span<const Flag> tenon_flags() { return kTenon; }

}  // namespace tenon::trtexec
