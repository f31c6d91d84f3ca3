// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the command line asked for, by subject. The defaults are those of the known tool.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "tools/shared/safety_plugins.h"

namespace tenon::trtexec {

/// Extents of a tensor, or the values of an input that is itself a shape. Empty: a scalar.
using Extents = std::vector<int64_t>;
/// By tensor name, in which one '*' stands for any text.
using ShapeMap = std::map<std::string, Extents>;
/// Files by tensor name.
using FileMap = std::map<std::string, std::string>;

/// One optimization profile as far as it was given.
struct ShapeProfile {
  ShapeMap min, opt, max;
};

/// What one network input or output may look like.
struct IoFormat {
  std::optional<nvinfer1::DataType> type;  ///< only where the older syntax names it
  nvinfer1::TensorFormats formats = 0;
};

/// What becomes of types set on layers: nothing, a wish, or a condition.
enum class PrecisionConstraints { None, Prefer, Obey };

/// How debug tensors are written.
enum class DebugFormat { Summary, Numpy, Text, Raw };

struct BuildOptions {
  std::string onnx;
  std::string save_engine;
  std::map<int, ShapeProfile> profiles;
  int current_profile = 0;  ///< the one that shapes on the command line belong to
  std::vector<IoFormat> input_formats, output_formats;
  std::map<nvinfer1::MemoryPoolType, size_t> pools;  ///< bytes
  nvinfer1::ProfilingVerbosity verbosity = nvinfer1::ProfilingVerbosity::kLAYER_NAMES_ONLY;
  nvinfer1::HardwareCompatibilityLevel hardware = nvinfer1::HardwareCompatibilityLevel::kNONE;
  int avg_timing = 8;
  bool plugin_instance_norm = false;
  bool plugin_override = false;
  bool tf32_off = false;
  bool fp16 = false, bf16 = false;  ///< permissions
  bool int8 = false;
  std::string calibration;  ///< file of a calibration cache
  bool strongly_typed = false;
  bool timing_cache_off = false;
  bool error_on_cache_miss = false;
  std::string timing_cache;
  std::vector<std::string> plugins_to_serialize;
  std::map<nvinfer1::PreviewFeature, bool> previews;
  int level = -1;            ///< -1: the builder's own
  int max_tactics = -1;      ///< -1: the builder's own
  int max_aux_streams = -1;  ///< -1: the builder's own
  bool direct_io = false;
  bool monitor_memory = false;
  bool safe = false;                    ///< a safe engine; also says that --loadEngine names one
  bool consistency = false;             ///< the safe engine is checked before it is run
  bool kernel_text = false;             ///< written beside the engine
  std::string remote;                   ///< the machine that measures, user and password hidden
  const char* remote_config = nullptr;  ///< the same with them, in memory of the library
  bool cpu_only = false;                ///< no local GPU takes part, and no timing cache
  bool refit = false, strip_weights = false;
  PrecisionConstraints precision_constraints = PrecisionConstraints::None;
  std::map<std::string, nvinfer1::DataType> layer_precisions;                 ///< by layer
  std::map<std::string, std::vector<nvinfer1::DataType>> layer_output_types;  ///< by layer
  std::map<std::string, nvinfer1::DeviceType> layer_devices;                  ///< by layer
  std::vector<std::string> debug_tensors;  ///< names, or patterns
  bool debug_unfused = false;
  std::string route;  ///< decisions of the builder; empty: all its own
};

/// Inputs of one run and the outputs expected of it.
struct DataPair {
  FileMap inputs, references;
};

enum class Loss { L0, L1, L2, LInf, Cosine };

struct InferenceOptions {
  std::string load_engine;
  bool stream_reader = false;
  bool plan_version_only = false;
  bool time_deserialize = false;
  bool skip = false;
  ShapeMap shapes;
  std::map<int, DataPair> data;
  int current_pair = 0;  ///< the one that files on the command line belong to
  Loss loss = Loss::L0;
  double atol = 1e-5, rtol = 1e-5;
  double threshold = 0;  ///< 0: not given
  int iterations = 10;
  double warm_up_ms = 200;
  double duration_s = 3;  ///< negative: until interrupted
  double sleep_ms = 0, idle_ms = 0;
  int streams = 1;
  bool threads = false;
  int profile = 0;
  std::string refit_model;  ///< whose weights replace the engine's
  bool time_refit = false;
  FileMap debug_files;                  ///< by debug tensor
  std::set<DebugFormat> debug_formats;  ///< of all debug tensors
  nvinfer1::ExecutionContextAllocationStrategy strategy =
      nvinfer1::ExecutionContextAllocationStrategy::kSTATIC;
};

struct ReportOptions {
  bool verbose = false;
  int avg_runs = 10;
  std::vector<double> percentiles{90, 95, 99};
  bool dump_output = false, dump_raw = false, dump_profile = false;
  bool dump_layers = false, dump_optimization_profile = false, dump_refit = false;
  std::string export_times, export_output, export_profile, export_layers;
};

/// How build routes are gone through: single deviations, all combinations, or the second over what
/// gained in the first.
enum class RouteSearch { Fast, Full, Mixed };

struct TuningOptions {
  std::string expression;  ///< empty: no loop
  RouteSearch search = RouteSearch::Fast;
  std::string cache = "best_config.json";
  double timeout_s = -1;  ///< negative: none
  bool save_all = false, dry_run = false, resume = false;
  bool help = false;
  std::string help_knob;    ///< empty: all
  std::string result_file;  ///< where a trial tells its result; empty: it is none
};

struct SystemOptions {
  int device = 0;
  std::vector<std::string> static_plugins, dynamic_plugins;
  std::vector<tools::SafetyPluginLibrary> safety_plugins;
  bool full_runtime = true;         ///< no smaller runtime library was asked for
  bool version_compatible = false;  ///< plugin libraries may travel inside the engine
  std::string temporary_folder;     ///< empty: the library's default
  nvinfer1::TempfileControlFlags temporary_files = 3;  ///< both kinds
  std::string tenon_device;                            ///< empty: the library's default
  bool guard = false;                                  ///< see tenon/guard.h
  int max_threads = 0;                                 ///< 0: as many as there are cores
  bool help = false;
};

struct Options {
  BuildOptions build;
  InferenceOptions inference;
  ReportOptions report;
  TuningOptions tuning;
  SystemOptions system;
  std::set<std::string> given;     ///< flags on the command line, with their dashes
  std::vector<std::string> notes;  ///< what is to be said about accepted flags without effect
};

}  // namespace tenon::trtexec
