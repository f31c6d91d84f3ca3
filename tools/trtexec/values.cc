// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Text to numbers, shapes, formats and names.
#include "tools/trtexec/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

/// A word and what it stands for.
template <class Value>
struct Word {
  const char* text;
  Value value;
};

template <class Value, size_t kCount>
Value look_up(const Word<Value> (&words)[kCount], const std::string& text, const char* what) {
  std::string all;
  for (const Word<Value>& word : words) {
    if (text == word.text) return word.value;
    all += (all.empty() ? "" : ", ") + std::string(word.text);
  }
  throw UsageError(fmt::format("'{}' is no {}; there are {}", text, what, all));
}

constexpr Word<DataType> kTypes[] = {
    {"fp32", DataType::kFLOAT},  {"fp16", DataType::kHALF},   {"bf16", DataType::kBF16},
    {"int32", DataType::kINT32}, {"int64", DataType::kINT64}, {"int8", DataType::kINT8},
    {"uint8", DataType::kUINT8}, {"bool", DataType::kBOOL},   {"fp8", DataType::kFP8},
    {"int4", DataType::kINT4},   {"fp4", DataType::kFP4},
};

constexpr Word<TensorFormat> kFormats[] = {
    {"chw", TensorFormat::kLINEAR},        {"chw2", TensorFormat::kCHW2},
    {"chw4", TensorFormat::kCHW4},         {"hwc8", TensorFormat::kHWC8},
    {"chw16", TensorFormat::kCHW16},       {"chw32", TensorFormat::kCHW32},
    {"dhwc8", TensorFormat::kDHWC8},       {"cdhw32", TensorFormat::kCDHW32},
    {"hwc", TensorFormat::kHWC},           {"dhwc", TensorFormat::kDHWC},
    {"hwc16", TensorFormat::kHWC16},       {"dla_linear", TensorFormat::kDLA_LINEAR},
    {"dla_hwc4", TensorFormat::kDLA_HWC4},
};

constexpr Word<MemoryPoolType> kPools[] = {
    {"workspace", MemoryPoolType::kWORKSPACE},
    {"dlaSRAM", MemoryPoolType::kDLA_MANAGED_SRAM},
    {"dlaLocalDRAM", MemoryPoolType::kDLA_LOCAL_DRAM},
    {"dlaGlobalDRAM", MemoryPoolType::kDLA_GLOBAL_DRAM},
    {"tacticSharedMem", MemoryPoolType::kTACTIC_SHARED_MEMORY},
};

constexpr Word<PreviewFeature> kPreviews[] = {
    {"profileSharing0806", PreviewFeature::kPROFILE_SHARING_0806},
    {"aliasedPluginIO1003", PreviewFeature::kALIASED_PLUGIN_IO_10_03},
    {"runtimeActivationResize", PreviewFeature::kRUNTIME_ACTIVATION_RESIZE_10_10},
};

std::string unquoted(const std::string& text) {
  const bool quoted = text.size() > 1 && text.front() == '\'' && text.back() == '\'';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Extents to_extents(const std::string& text) {
  Extents extents;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('x', begin), text.size());
    extents.push_back(to_integer(text.substr(begin, end - begin),
                                 std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max()));
    begin = end + 1;
  }
  if (!text.empty() && text.back() == 'x') throw UsageError(fmt::format("'{}' ends in 'x'", text));
  return extents;
}

/// Bytes, of a number with suffix B, K, M or G; MiB without.
size_t to_bytes(const std::string& text) {
  double unit = 1 << 20;
  std::string number = text;
  if (!text.empty() && !std::isdigit(static_cast<unsigned char>(text.back()))) {
    static constexpr Word<double> kUnits[] = {
        {"B", 1.0}, {"K", 1024.0}, {"M", 1048576.0}, {"G", 1073741824.0}};
    unit = look_up(kUnits, text.substr(text.size() - 1), "unit of memory");
    number.pop_back();
  }
  return static_cast<size_t>(to_real(number, 0) * unit);
}

}  // namespace

int64_t to_integer(const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end)
    throw UsageError(fmt::format("'{}' is no whole number", text));
  if (value < least) throw UsageError(fmt::format("{} is less than {}", value, least));
  if (value > most) throw UsageError(fmt::format("{} is more than {}", value, most));
  return value;
}

double to_real(const std::string& text, double least) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    throw UsageError(fmt::format("'{}' is no number", text));
  }
  if (value < least) throw UsageError(fmt::format("{} is less than {}", value, least));
  return value;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> items(1);
  bool quoted = false;
  for (const char c : text) {
    quoted ^= c == '\'';
    if (c == ',' && !quoted) {
      items.emplace_back();
    } else {
      items.back() += c;
    }
  }
  if (quoted) throw UsageError(fmt::format("a quote is not closed in {}", text));
  return items;
}

std::pair<std::string, std::string> name_and_rest(const std::string& item) {
  const size_t quote = item.rfind('\'');
  const size_t colon = item.rfind(':');
  if (colon == std::string::npos || colon == 0 || (quote != std::string::npos && colon < quote)) {
    throw UsageError(fmt::format("'{}' is not of the form name:value", item));
  }
  return {unquoted(item.substr(0, colon)), item.substr(colon + 1)};
}

ShapeMap to_shapes(const std::string& text) {
  ShapeMap shapes;
  for (const std::string& item : split(text)) {
    auto [name, extents] = name_and_rest(item);
    if (!shapes.emplace(name, to_extents(extents)).second) {
      throw UsageError(fmt::format("tensor {} is given twice", name));
    }
  }
  return shapes;
}

FileMap to_files(const std::string& text) {
  FileMap files;
  for (const std::string& item : split(text)) {
    auto [name, file] = name_and_rest(item);
    if (!files.emplace(name, file).second) {
      throw UsageError(fmt::format("tensor {} is given twice", name));
    }
  }
  return files;
}

std::vector<IoFormat> to_formats(const std::string& text) {
  std::vector<IoFormat> all;
  for (const std::string& item : split(text)) {
    IoFormat format;
    std::string rest = item;
    if (const size_t colon = item.find(':'); colon != std::string::npos) {
      format.type = look_up(kTypes, item.substr(0, colon), "element type");
      rest = item.substr(colon + 1);
    }
    for (size_t begin = 0; begin <= rest.size();) {
      const size_t end = std::min(rest.find('+', begin), rest.size());
      const TensorFormat one = look_up(kFormats, rest.substr(begin, end - begin), "format");
      format.formats |= 1U << static_cast<unsigned>(one);
      begin = end + 1;
    }
    all.push_back(format);
  }
  return all;
}

std::map<MemoryPoolType, size_t> to_pools(const std::string& text) {
  std::map<MemoryPoolType, size_t> pools;
  for (const std::string& item : split(text)) {
    const auto [name, size] = name_and_rest(item);
    pools[look_up(kPools, name, "kind of memory")] = to_bytes(size);
  }
  return pools;
}

std::map<PreviewFeature, bool> to_previews(const std::string& text) {
  std::map<PreviewFeature, bool> previews;
  for (const std::string& item : split(text)) {
    if (item.empty() || (item[0] != '+' && item[0] != '-')) {
      throw UsageError(fmt::format("'{}' does not begin with + or -", item));
    }
    previews[look_up(kPreviews, item.substr(1), "preview feature")] = item[0] == '+';
  }
  return previews;
}

TempfileControlFlags to_tempfiles(const std::string& text) {
  static constexpr Word<TempfileControlFlag> kKinds[] = {
      {"in_memory", TempfileControlFlag::kALLOW_IN_MEMORY_FILES},
      {"temporary", TempfileControlFlag::kALLOW_TEMPORARY_FILES}};
  static constexpr Word<bool> kWords[] = {{"allow", true}, {"deny", false}};
  TempfileControlFlags flags = 3;
  for (const std::string& item : split(text)) {
    const auto [kind, word] = name_and_rest(item);
    const auto bit = 1U << static_cast<unsigned>(look_up(kKinds, kind, "kind of temporary files"));
    flags = look_up(kWords, word, "permission") ? flags | bit : flags & ~bit;
  }
  return flags;
}

std::map<std::string, DataType> to_layer_types(const std::string& text) {
  std::map<std::string, DataType> types;
  for (const std::string& item : split(text)) {
    const auto [name, type] = name_and_rest(item);
    types[name] = look_up(kTypes, type, "element type");
  }
  return types;
}

std::map<std::string, std::vector<DataType>> to_output_types(const std::string& text) {
  std::map<std::string, std::vector<DataType>> types;
  for (const std::string& item : split(text)) {
    const auto [name, rest] = name_and_rest(item);
    for (size_t begin = 0; begin <= rest.size();) {
      const size_t end = std::min(rest.find('+', begin), rest.size());
      types[name].push_back(look_up(kTypes, rest.substr(begin, end - begin), "element type"));
      begin = end + 1;
    }
  }
  return types;
}

std::map<std::string, DeviceType> to_layer_devices(const std::string& text) {
  static constexpr Word<DeviceType> kWords[] = {{"GPU", DeviceType::kGPU},
                                                {"DLA", DeviceType::kDLA}};
  std::map<std::string, DeviceType> devices;
  for (const std::string& item : split(text)) {
    const auto [name, word] = name_and_rest(item);
    devices[name] = look_up(kWords, word, "kind of device");
    if (devices[name] == DeviceType::kDLA) {
      throw UsageError(fmt::format(
          "there is no deep learning accelerator for layer {}; GPU means the engine's device",
          name));
    }
  }
  return devices;
}

std::set<DebugFormat> to_debug_formats(const std::string& text) {
  static constexpr Word<DebugFormat> kWords[] = {{"summary", DebugFormat::Summary},
                                                 {"numpy", DebugFormat::Numpy},
                                                 {"string", DebugFormat::Text},
                                                 {"raw", DebugFormat::Raw}};
  std::set<DebugFormat> formats;
  for (const std::string& item : split(text)) formats.insert(look_up(kWords, item, "file format"));
  return formats;
}

std::vector<std::string> to_names(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& item : split(text)) {
    if (item.empty()) throw UsageError(fmt::format("'{}' has an empty name", text));
    names.push_back(unquoted(item));
  }
  return names;
}

void check_streaming_budget(const std::string& text) {
  if (text == "-1" || text == "-2") return;
  if (text.empty() || text.back() != '%') {
    to_bytes(text);
  } else if (to_real(text.substr(0, text.size() - 1), 0) > 100) {
    throw UsageError(fmt::format("{} is more than 100%", text));
  }
}

RouteSearch to_search(const std::string& text) {
  static constexpr Word<RouteSearch> kWords[] = {
      {"fast", RouteSearch::Fast}, {"full", RouteSearch::Full}, {"mixed", RouteSearch::Mixed}};
  return look_up(kWords, text, "search");
}

PrecisionConstraints to_constraints(const std::string& text) {
  static constexpr Word<PrecisionConstraints> kWords[] = {{"none", PrecisionConstraints::None},
                                                          {"prefer", PrecisionConstraints::Prefer},
                                                          {"obey", PrecisionConstraints::Obey}};
  return look_up(kWords, text, "constraint");
}

ProfilingVerbosity to_verbosity(const std::string& text) {
  static constexpr Word<ProfilingVerbosity> kWords[] = {
      {"layer_names_only", ProfilingVerbosity::kLAYER_NAMES_ONLY},
      {"detailed", ProfilingVerbosity::kDETAILED},
      {"none", ProfilingVerbosity::kNONE},
      {"default", ProfilingVerbosity::kLAYER_NAMES_ONLY},
      {"verbose", ProfilingVerbosity::kDETAILED},
  };
  return look_up(kWords, text, "profiling verbosity");
}

HardwareCompatibilityLevel to_hardware_level(const std::string& text) {
  static constexpr Word<HardwareCompatibilityLevel> kWords[] = {
      {"none", HardwareCompatibilityLevel::kNONE},
      {"ampere+", HardwareCompatibilityLevel::kAMPERE_PLUS},
      {"sameComputeCapability", HardwareCompatibilityLevel::kSAME_COMPUTE_CAPABILITY},
  };
  return look_up(kWords, text, "hardware compatibility level");
}

Loss to_loss(const std::string& text) {
  static constexpr Word<Loss> kWords[] = {{"l0", Loss::L0},
                                          {"l1", Loss::L1},
                                          {"l2", Loss::L2},
                                          {"lInf", Loss::LInf},
                                          {"cos", Loss::Cosine}};
  return look_up(kWords, text, "formula");
}

ExecutionContextAllocationStrategy to_strategy(const std::string& text) {
  static constexpr Word<ExecutionContextAllocationStrategy> kWords[] = {
      {"static", ExecutionContextAllocationStrategy::kSTATIC},
      {"profile", ExecutionContextAllocationStrategy::kON_PROFILE_CHANGE},
      {"runtime", ExecutionContextAllocationStrategy::kUSER_MANAGED}};
  return look_up(kWords, text, "allocation strategy");
}

std::vector<double> to_percentiles(const std::string& text) {
  std::vector<double> all;
  for (const std::string& item : split(text)) {
    all.push_back(to_real(item, 0));
    if (all.back() > 100) throw UsageError(fmt::format("{} is more than 100", item));
  }
  return all;
}

bool matches(const std::string& pattern, const std::string& name) {
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return pattern == name;
  const std::string tail = pattern.substr(star + 1);
  return name.size() >= pattern.size() - 1 && name.compare(0, star, pattern, 0, star) == 0 &&
         name.compare(name.size() - tail.size(), tail.size(), tail) == 0;
}

}  // namespace tenon::trtexec
