// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading the values of flags. All throw UsageError with a sentence that names the text.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

int64_t to_integer(const std::string& text, int64_t least, int64_t most);
double to_real(const std::string& text, double least);

/// Cuts at commas that stand outside single quotes; the quotes stay.
std::vector<std::string> split(const std::string& text);

/// `name:rest`, cut at the last colon outside single quotes, without the quotes.
std::pair<std::string, std::string> name_and_rest(const std::string& item);

/// `name:1x3x224,other:,…`.
ShapeMap to_shapes(const std::string& text);

/// `name:file,…`.
FileMap to_files(const std::string& text);

/// `fp32:chw+hwc,…`, where the type may be left out.
std::vector<IoFormat> to_formats(const std::string& text);

/// `workspace:64,tacticSharedMem:16K,…`; sizes without suffix are MiB.
std::map<nvinfer1::MemoryPoolType, size_t> to_pools(const std::string& text);

/// `+name,-name,…`.
std::map<nvinfer1::PreviewFeature, bool> to_previews(const std::string& text);

/// `in_memory:allow,temporary:deny`; what is not named stays allowed.
nvinfer1::TempfileControlFlags to_tempfiles(const std::string& text);

/// `layer:fp16,…`.
std::map<std::string, nvinfer1::DataType> to_layer_types(const std::string& text);

/// `layer:fp16+int32,…`: one type for all outputs, or one each.
std::map<std::string, std::vector<nvinfer1::DataType>> to_output_types(const std::string& text);

/// `layer:GPU,…`. DLA is refused: there is none.
std::map<std::string, nvinfer1::DeviceType> to_layer_devices(const std::string& text);

/// `summary,numpy,string,raw`.
std::set<DebugFormat> to_debug_formats(const std::string& text);

/// `a,'b,c',d`: names without their quotes.
std::vector<std::string> to_names(const std::string& text);

/// Takes a budget for streamed weights for sound: -2, -1, a share as `20%`, or a size as `64M`.
void check_streaming_budget(const std::string& text);

RouteSearch to_search(const std::string& text);

PrecisionConstraints to_constraints(const std::string& text);

nvinfer1::ProfilingVerbosity to_verbosity(const std::string& text);
nvinfer1::HardwareCompatibilityLevel to_hardware_level(const std::string& text);
Loss to_loss(const std::string& text);
nvinfer1::ExecutionContextAllocationStrategy to_strategy(const std::string& text);

/// `90,95,99`.
std::vector<double> to_percentiles(const std::string& text);

/// Whether `name` is meant by `pattern`, in which one '*' stands for any text.
bool matches(const std::string& pattern, const std::string& name);

/// The value whose key means `name`, an exact key first; null when there is none.
template <class Value>
const Value* find(const std::map<std::string, Value>& map, const std::string& name) {
  if (const auto exact = map.find(name); exact != map.end()) return &exact->second;
  for (const auto& [pattern, value] : map) {
    if (matches(pattern, name)) return &value;
  }
  return nullptr;
}

}  // namespace tenon::trtexec
