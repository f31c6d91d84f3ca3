// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags about precision, and about weights and where an engine may run.
#include <fmt/format.h>

#include "tools/trtexec/failure.h"
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {

namespace {

using B = BuildOptions;

constexpr const char* kNoQuantised =
    "kernels of this type are not there yet; leave the flag out, or take --int8";
constexpr const char* kNoCalibrationShapes =
    "calibration runs at the expected extents of the first profile: give these with --optShapes";
constexpr const char* kNoCompatible =
    "engines for other versions are not there yet; build the engine anew for another version";

const Flag kPrecision[] = {
    {"--fp16", "", "layers may compute in float16; a permission (docs/precision.md)",
     set<kBuild, &B::fp16>},
    {"--bf16", "", "layers may compute in bfloat16; a permission", set<kBuild, &B::bf16>},
    {"--best", "", "layers may compute in float16 and bfloat16",
     [](Options& o, const std::string&) {
       o.build.fp16 = o.build.bf16 = true;
       o.notes.emplace_back(
           "--best permits float16 and bfloat16; for int8, which needs ranges, add --int8");
     }},
    {"--noTF32", "", "products of float32 round no inputs", set<kBuild, &B::tf32_off>},
    {"--stronglyTyped", "", "types follow from the model alone", set<kBuild, &B::strongly_typed>},
    {"--int8", "", "layers may compute in int8, on ranges of --calib or of random inputs",
     set<kBuild, &B::int8>},
    {"--fp8", "", "layers may compute in fp8", Refused{kNoQuantised}},
    {"--int4", "", "weights may be int4", Refused{kNoQuantised}},
    {"--calib", "FILE", "calibration cache for --int8; written where it is not there",
     set<kBuild, &B::calibration>},
    {"--calibProfile", "N", "profile to calibrate with", Refused{kNoCalibrationShapes}},
    {"--minShapesCalib", "NAME:DIMS,…", "least extents while calibrating",
     Refused{kNoCalibrationShapes}},
    {"--optShapesCalib", "NAME:DIMS,…", "extents while calibrating", Refused{kNoCalibrationShapes}},
    {"--maxShapesCalib", "NAME:DIMS,…", "greatest extents while calibrating",
     Refused{kNoCalibrationShapes}},
    {"--precisionConstraints", "none|prefer|obey", "whether types of layers are kept (none)",
     [](Options& o, const std::string& text) {
       o.build.precision_constraints = to_constraints(text);
     }},
    {"--layerPrecisions", "LAYER:TYPE,…", "types layers compute in; a name may have one *",
     [](Options& o, const std::string& text) { o.build.layer_precisions = to_layer_types(text); }},
    {"--layerOutputTypes", "LAYER:TYPE[+TYPE],…", "types of layers' outputs",
     [](Options& o, const std::string& text) {
       o.build.layer_output_types = to_output_types(text);
     }},
};

const Flag kDeploy[] = {
    {"--refit", "", "weights of the engine may be replaced by others", set<kBuild, &B::refit>},
    {"--refitFromOnnx", "FILE", "replace the engine's weights by those of a model before it runs",
     set<&Options::inference, &InferenceOptions::refit_model>},
    {"--timeRefit", "", "time replacing all weights by those of the model",
     set<&Options::inference, &InferenceOptions::time_refit>},
    {"--dumpRefit", "", "list weights that may be replaced",
     set<&Options::report, &ReportOptions::dump_refit>},
    {"--stripWeights", "",
     "leave weights out of the engine; without --refit only the same may be put back",
     set<kBuild, &B::strip_weights>},
    {"--stripAllWeights", "", "leave weights out; any others may be put in",
     [](Options& o, const std::string&) { o.build.refit = o.build.strip_weights = true; }},
    {"--weightless", "", "as --stripWeights, under an older name", set<kBuild, &B::strip_weights>},
    {"--versionCompatible", "", "allow plugin libraries inside the engine, in building and loading",
     set<&Options::system, &SystemOptions::version_compatible>},
    {"--vc", "", "the same", set<&Options::system, &SystemOptions::version_compatible>},
    {"--useRuntime", "full|lean|dispatch", "the library that loads the engine (full)",
     [](Options& o, const std::string& text) {
       if (text != "full" && text != "lean" && text != "dispatch") {
         throw UsageError(fmt::format("'{}' is none of full, lean, dispatch", text));
       }
       o.system.full_runtime = text == "full";
       if (o.system.full_runtime) return;
       o.notes.push_back(fmt::format(
           "--useRuntime={} has no effect: one library loads every engine it can read", text));
     }},
    {"--leanDLLPath", "FILE", "the library of an older engine", Refused{kNoCompatible}},
    {"--excludeLeanRuntime", "", "leave the runtime library out of the engine",
     Noted{"there never is one inside"}},
    {"--setPluginsToSerialize", "LIB",
     "put a plugin library into the engine; --versionCompatible lets it out",
     set<&Options::build, &BuildOptions::plugins_to_serialize>, true},
    {"--ignoreParsedPluginLibs", "", "ignore plugin libraries the parser names",
     Noted{"the parser names none"}},
    {"--hardwareCompatibilityLevel", "none|ampere+|sameComputeCapability",
     "how far the engine may travel (none); a CPU engine of ampere+ runs on any with AVX2",
     [](Options& o, const std::string& text) { o.build.hardware = to_hardware_level(text); }},
    {"--runtimePlatform", "SameAsBuild|WindowsAMD64", "where the engine will run (SameAsBuild)",
     Refused{"engines run on Linux alone; for other processors there is "
             "--hardwareCompatibilityLevel=ampere+",
             "SameAsBuild"}},
    {"--allowWeightStreaming", "", "weights may stay in host memory",
     Noted{"weights of a CPU engine are mapped from its file and paged in as they are used"}},
    {"--weightStreamingBudget", "-2|-1|P%|BYTES", "device memory for streamed weights (-2)",
     [](Options& o, const std::string& text) {
       check_streaming_budget(text);
       if (text == "-2") return;
       o.notes.emplace_back(
           "--weightStreamingBudget has no effect: the system decides which pages of the mapped "
           "weights stay in memory");
     }},
    {"--tempdir", "DIR", "folder for temporary files",
     set<&Options::system, &SystemOptions::temporary_folder>},
    {"--tempfileControls", "KIND:allow|deny,…",
     "whether files in memory (in_memory) and in a folder (temporary) may be made (allow both)",
     [](Options& o, const std::string& text) { o.system.temporary_files = to_tempfiles(text); }},
};

}  // namespace

std::span<const Flag> precision_flags() { return kPrecision; }
std::span<const Flag> refit_flags() { return kDeploy; }

}  // namespace tenon::trtexec
