// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags about the model and the build.
#include <fmt/format.h>

#include "tools/trtexec/failure.h"
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {

namespace {

using B = BuildOptions;

ShapeProfile& current_profile(Options& options) {
  return options.build.profiles[options.build.current_profile];
}

/// Fills one bound of the current profile, once.
template <ShapeMap ShapeProfile::*kBound>
void set_bound(Options& options, const std::string& text) {
  ShapeMap& bound = current_profile(options).*kBound;
  if (!bound.empty()) throw UsageError("given twice for one profile; --profile=N begins another");
  bound = to_shapes(text);
}

constexpr const char* kNoAccelerator =
    "there is no deep learning accelerator here; leave the flag out to build for the CPU";

const Flag kBuilding[] = {
    {"--onnx", "FILE", "ONNX model to build an engine from", set<kBuild, &B::onnx>},
    {"--saveEngine", "FILE", "write the engine", set<kBuild, &B::save_engine>},
    {"--minShapes", "NAME:DIMS,…", "least extents of dynamic inputs, e.g. x:1x3x224x224",
     set_bound<&ShapeProfile::min>, true},
    {"--optShapes", "NAME:DIMS,…", "extents the tuner measures", set_bound<&ShapeProfile::opt>,
     true},
    {"--maxShapes", "NAME:DIMS,…", "greatest extents", set_bound<&ShapeProfile::max>, true},
    {"--profile", "N", "the following shapes belong to optimization profile N (0)",
     [](Options& o, const std::string& text) {
       o.build.current_profile = static_cast<int>(to_integer(text, 0, 1023));
       current_profile(o);
     },
     true},
    {"--inputIOFormats", "[TYPE:]FORMAT[+FORMAT],…",
     "layouts inputs may have; one entry serves all",
     [](Options& o, const std::string& text) { o.build.input_formats = to_formats(text); }},
    {"--outputIOFormats", "[TYPE:]FORMAT[+FORMAT],…", "the same for outputs",
     [](Options& o, const std::string& text) { o.build.output_formats = to_formats(text); }},
    {"--memPoolSize", "POOL:SIZE,…", "limit workspace, in MiB or with suffix B, K, M, G",
     [](Options& o, const std::string& text) { o.build.pools.merge(to_pools(text)); }, true},
    {"--profilingVerbosity", "layer_names_only|detailed|none",
     "what the engine tells about its layers (layer_names_only)",
     [](Options& o, const std::string& text) { o.build.verbosity = to_verbosity(text); }},
    {"--avgTiming", "N", "runs averaged for one measurement of the tuner (8)",
     set<kBuild, &B::avg_timing>},
    {"--builderOptimizationLevel", "0-5", "how long the tuner may search (3)",
     [](Options& o, const std::string& text) {
       o.build.level = static_cast<int>(to_integer(text, 0, 5));
     }},
    {"--maxTactics", "N", "most ways to compute a layer that are considered; -1: all (-1)",
     [](Options& o, const std::string& text) {
       o.build.max_tactics = static_cast<int>(to_integer(text, -1, INT32_MAX));
     }},
    {"--maxAuxStreams", "N", "streams an engine may use beside the caller's",
     set<kBuild, &B::max_aux_streams>},
    {"--timingCacheFile", "FILE",
     "read measurements from FILE, and write them back after the build",
     set<kBuild, &B::timing_cache>},
    {"--noBuilderCache", "", "measure everything anew", set<kBuild, &B::timing_cache_off>},
    {"--errorOnTimingCacheMiss", "", "fail instead of measuring what the timing cache lacks",
     set<kBuild, &B::error_on_cache_miss>},
    {"--noCompilationCache", "", "compile everything anew", Noted{"nothing is compiled for a CPU"}},
    {"--preview", "(+|-)FEATURE,…", "switch aliasedPluginIO1003, runtimeActivationResize",
     [](Options& o, const std::string& text) { o.build.previews.merge(to_previews(text)); }, true},
    {"--pluginInstanceNorm", "", "InstanceNormalization is a plugin",
     set<kBuild, &B::plugin_instance_norm>},
    {"--pi", "", "the same", set<kBuild, &B::plugin_instance_norm>},
    {"--enablePluginOverride", "", "a plugin of an operator's name goes before the operator",
     set<kBuild, &B::plugin_override>},
    {"--tacticSources", "(+|-)NAME,…", "switch families of GPU kernels",
     Noted{"the families it names are of GPU kernels, and a CPU engine has none"}},
    {"--sparsity", "disable|enable|force", "kernels for structured sparsity (disable)",
     [](Options& o, const std::string& text) {
       if (text == "enable") {
         o.notes.emplace_back(
             "--sparsity=enable has no effect: it permits kernels for structured sparsity, and "
             "there are none");
       } else if (text == "force") {
         throw Failure(
             "--sparsity=force is refused: it would change weights for kernels that are not "
             "there; leave it out");
       } else if (text != "disable") {
         throw UsageError(fmt::format("'{}' is none of disable, enable, force", text));
       }
     }},
    {"--directIO", "",
     "no reformats at inputs and outputs whose layouts --inputIOFormats or --outputIOFormats say",
     set<kBuild, &B::direct_io>},
    {"--decomposableAttentions", "NAMES", "attentions that may be taken apart",
     Refused{"attention layers are not there yet"}},
    {"--distributiveIndependence", "", "results do not depend on other extents",
     Refused{"this promise cannot be given yet; build with a fixed shape instead"}},
    {"--tilingOptimizationLevel", "0-3", "how long tilings are searched for (0)",
     Noted{"tilings over several layers are of GPUs"}},
    {"--l2LimitForTiling", "BYTES", "cache that tilings may use",
     Noted{"tilings over several layers are of GPUs"}},
    {"--markDebug", "NAMES", "keep these tensors, to be written by --saveDebugTensors",
     [](Options& o, const std::string& text) { o.build.debug_tensors = to_names(text); }},
    {"--markUnfusedTensorsAsDebugTensors", "", "keep all tensors that survive fusion",
     set<kBuild, &B::debug_unfused>},
    {"--layerDeviceTypes", "LAYER:GPU|DLA,…",
     "the device of single layers; GPU is the engine's device",
     [](Options& o, const std::string& text) { o.build.layer_devices = to_layer_devices(text); }},
    {"--useDLACore", "N", "use a deep learning accelerator", Refused{kNoAccelerator, "-1"}},
    {"--allowGPUFallback", "", "layers an accelerator cannot run go to the default device",
     Noted{"there is no accelerator that layers could fall back from"}},
    {"--buildDLAStandalone", "", "build a loadable for an accelerator", Refused{kNoAccelerator}},
    {"--uint8AsymmetricQuantizationDLA", "", "parse for an accelerator", Refused{kNoAccelerator}},
    {"--reportCapabilityDLA", "", "parse for an accelerator", Refused{kNoAccelerator}},
    {"--adjustForDLA", "", "rewrite layers for an accelerator",
     Noted{"there is no accelerator to rewrite layers for"}},
    {"--safe", "", "build, or load, an engine for the safe runtime: see docs/safety/scope.md",
     set<kBuild, &B::safe>},
    {"--consistency", "", "check that a safe engine is the one that its own network gives",
     set<kBuild, &B::consistency>},
    {"--dumpKernelText", "", "write the kernels of a safe engine as text to ENGINE.txt",
     set<kBuild, &B::kernel_text>},
    {"--restricted", "", "restrict layers to those of safe engines",
     Refused{"--safe does so, and its report names each layer that is outside"}},
    {"--monitorMemory", "", "tell the process's memory after each stage",
     set<kBuild, &B::monitor_memory>},
    {"--remoteAutoTuningConfig", "URL",
     "measure on another machine: ssh://user[:password]@host[:port]?remote_exec_path=DIR&"
     "remote_lib_path=DIR; see docs/remote_tuning.md",
     set<kBuild, &B::remote>},
    {"--cpuOnly", "", "build a safe engine without a local GPU", set<kBuild, &B::cpu_only>},
};

}  // namespace

std::span<const Flag> build_flags() { return kBuilding; }

}  // namespace tenon::trtexec
