// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The creators that the library hands out, and a logger that keeps what it hears, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "NvInferPlugin.h"

extern "C" nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators);
extern "C" nvinfer1::IPluginCreator* const* getPluginCreators(int32_t& nbCreators);
extern "C" void setLoggerFinder(nvinfer1::ILoggerFinder* finder);

namespace shipped {

struct TestLogger final : nvinfer1::ILogger {
  void log(Severity severity, char const* text) noexcept override {
    (severity <= Severity::kWARNING ? complaints : remarks).emplace_back(text);
  }
  std::vector<std::string> complaints, remarks;
};

/// While it lives, the library's messages go to `logger`.
struct Listening final : nvinfer1::ILoggerFinder {
  Listening() { setLoggerFinder(this); }
  ~Listening() { setLoggerFinder(nullptr); }
  nvinfer1::ILogger* findLogger() override { return &logger; }
  TestLogger logger;
};

/// A creator by what it is: one of the two pointers is null.
struct Found {
  nvinfer1::IPluginCreator* v2 = nullptr;
  nvinfer1::IPluginCreatorV3One* v3 = nullptr;

  std::string name() const { return v2 != nullptr ? v2->getPluginName() : v3->getPluginName(); }
  std::string version() const {
    return v2 != nullptr ? v2->getPluginVersion() : v3->getPluginVersion();
  }
};

inline Found asWhatItIs(nvinfer1::IPluginCreatorInterface* creator) {
  std::string_view const kind = creator->getInterfaceInfo().kind;
  if (kind == "PLUGIN CREATOR_V1") return {static_cast<nvinfer1::IPluginCreator*>(creator)};
  return {nullptr, static_cast<nvinfer1::IPluginCreatorV3One*>(creator)};
}

inline std::vector<Found> shippedCreators() {
  int32_t count = 0;
  nvinfer1::IPluginCreatorInterface* const* all = getCreators(count);
  std::vector<Found> found;
  for (int32_t i = 0; i < count; ++i) found.push_back(asWhatItIs(all[i]));
  return found;
}

/// Both null where there is no such creator.
inline Found creatorOf(std::string const& name, std::string const& version) {
  for (Found const& creator : shippedCreators()) {
    if (creator.name() == name && creator.version() == version) return creator;
  }
  return {};
}

struct Destroy {
  void operator()(nvinfer1::IPluginV2* plugin) const { plugin->destroy(); }
};
using MadeV2 = std::unique_ptr<nvinfer1::IPluginV2DynamicExt, Destroy>;
using Fields = std::vector<nvinfer1::PluginField>;

inline MadeV2 make(nvinfer1::IPluginCreator& creator, Fields const& fields) {
  nvinfer1::PluginFieldCollection const all{static_cast<int32_t>(fields.size()), fields.data()};
  return MadeV2(static_cast<nvinfer1::IPluginV2DynamicExt*>(creator.createPlugin("layer", &all)));
}

inline std::unique_ptr<nvinfer1::IPluginV3> make(
    nvinfer1::IPluginCreatorV3One& creator, Fields const& fields,
    nvinfer1::TensorRTPhase phase = nvinfer1::TensorRTPhase::kBUILD) {
  nvinfer1::PluginFieldCollection const all{static_cast<int32_t>(fields.size()), fields.data()};
  return std::unique_ptr<nvinfer1::IPluginV3>(creator.createPlugin("layer", &all, phase));
}

}  // namespace shipped
