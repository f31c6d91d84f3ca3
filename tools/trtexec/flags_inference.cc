// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags about running an engine.
#include "tools/trtexec/failure.h"
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {

namespace {

using I = InferenceOptions;

constexpr const char* kNoCopies = "a CPU engine reads and writes host memory, so nothing is copied";
constexpr const char* kNoGraph = "a CPU engine has no launches that a graph could save";
constexpr const char* kNoWait = "a CPU engine runs on the calling thread, so nobody waits";

DataPair& current_pair(Options& options) {
  return options.inference.data[options.inference.current_pair];
}

template <FileMap DataPair::*kFiles>
void set_files(Options& options, const std::string& text) {
  FileMap& files = current_pair(options).*kFiles;
  if (!files.empty()) throw UsageError("given twice for one pair; --refPair=N begins another");
  files = to_files(text);
}

const Flag kInferring[] = {
    {"--loadEngine", "FILE", "load an engine instead of building one",
     set<kInference, &I::load_engine>},
    {"--asyncFileReader", "", "load it through a stream reader",
     set<kInference, &I::stream_reader>},
    {"--getPlanVersionOnly", "", "print the version of the engine file and stop",
     set<kInference, &I::plan_version_only>},
    {"--timeDeserialize", "", "time loading and stop", set<kInference, &I::time_deserialize>},
    {"--skipInference", "", "stop after the build", set<kInference, &I::skip>},
    {"--shapes", "NAME:DIMS,…", "extents of dynamic inputs (those of --optShapes)",
     [](Options& o, const std::string& text) { o.inference.shapes = to_shapes(text); }},
    {"--useProfile", "N", "optimization profile to run (0)", set<kInference, &I::profile>},
    {"--loadInputs", "NAME:FILE,…", "raw files with the elements of inputs (random numbers)",
     set_files<&DataPair::inputs>, true},
    {"--loadRefOutputs", "NAME:FILE,…", "raw files with the elements expected of outputs",
     set_files<&DataPair::references>, true},
    {"--refPair", "N", "the following files of inputs and outputs belong together (0)",
     [](Options& o, const std::string& text) {
       o.inference.current_pair = static_cast<int>(to_integer(text, 0, 1 << 20));
     },
     true},
    {"--accuracyAlgorithm", "l0|l1|l2|lInf|cos",
     "loss: share of elements out of tolerance, mean, root mean square or greatest difference, "
     "1 - cosine (l0)",
     [](Options& o, const std::string& text) { o.inference.loss = to_loss(text); }},
    {"--atol", "X", "absolute tolerance of l0 (1e-5)", set<kInference, &I::atol>},
    {"--rtol", "X", "relative tolerance of l0 (1e-5)", set<kInference, &I::rtol>},
    {"--accuracyThreshold", "X", "greatest loss that passes", set<kInference, &I::threshold>},
    {"--iterations", "N", "least number of runs (10)", set<kInference, &I::iterations>},
    {"--warmUp", "MS", "milliseconds of running before measuring (200)",
     set<kInference, &I::warm_up_ms>},
    {"--duration", "S", "least seconds of measuring; -1 until interrupted (3)",
     [](Options& o, const std::string& text) { o.inference.duration_s = to_real(text, -1); }},
    {"--sleepTime", "MS", "delay before each run (0)", set<kInference, &I::sleep_ms>},
    {"--idleTime", "MS", "pause between runs (0)", set<kInference, &I::idle_ms>},
    {"--infStreams", "N", "contexts that run at once, each in a thread (1)",
     [](Options& o, const std::string& text) {
       o.inference.streams = static_cast<int>(to_integer(text, 1, 1024));
     }},
    {"--streams", "N", "the same under an older name",
     [](Options& o, const std::string& text) {
       o.inference.streams = static_cast<int>(to_integer(text, 1, 1024));
     }},
    {"--threads", "", "run even one context in a thread of its own", set<kInference, &I::threads>},
    {"--allocationStrategy", "static|profile|runtime",
     "who supplies activation memory: the context for all profiles, for one, or trtexec (static)",
     [](Options& o, const std::string& text) { o.inference.strategy = to_strategy(text); }},
    {"--includeDataTransfers", "", "measure copies to and from the device", Noted{kNoCopies}},
    {"--noDataTransfers", "", "do not measure them", Noted{kNoCopies}},
    {"--exposeDMA", "", "do not overlap copies", Noted{kNoCopies}},
    {"--useManagedMemory", "", "memory that host and device share", Noted{kNoCopies}},
    {"--useCudaGraph", "", "capture runs in a graph", Noted{kNoGraph}},
    {"--noCudaGraph", "", "do not", Noted{kNoGraph}},
    {"--useSpinWait", "", "wait actively", Noted{kNoWait}},
    {"--noSpinWait", "", "wait passively", Noted{kNoWait}},
    {"--separateProfileRun", "", "profile in runs of their own", Noted{"it is always so"}},
    {"--persistentCacheRatio", "0-1", "share of a GPU's cache",
     Noted{"the cache of a CPU cannot be divided"}},
    {"--saveDebugTensors", "NAME:FILE,…", "write elements of tensors kept with --markDebug",
     [](Options& o, const std::string& text) { o.inference.debug_files = to_files(text); }},
    {"--saveAllDebugTensors", "FORMAT,…",
     "write all tensors kept, as summary, numpy, string or raw files",
     [](Options& o, const std::string& text) {
       o.inference.debug_formats = to_debug_formats(text);
     }},
};

}  // namespace

std::span<const Flag> inference_flags() { return kInferring; }

}  // namespace tenon::trtexec
