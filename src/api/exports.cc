// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The C entry points of the library.
#include <cstring>

#include "NvInfer.h"
#include "NvOnnxParser.h"
#include "NvUffParser.h"
#include "api/infer/builder.h"
#include "api/infer/context.h"
#include "api/infer/engine.h"
#include "api/infer/refitter.h"
#include "api/infer/runtime.h"
#include "api/onnx/parser.h"
#include "api/onnx/parser_refitter.h"
#include "api/uff/parser.h"
#include "plugin/registry/registry.h"
#include "tenon/device.h"
#include "tenon/engine_file.h"
#include "tenon/safe_proxy.h"
#include "tenon/threads.h"
#include "tenon/version.h"

namespace {

using tenon::api::guarded;
using tenon::api::Voice;

/// Programs compiled against another major version of the interface would call the wrong methods.
bool same_major(int32_t version, nvinfer1::ILogger* logger) {
  if (version / 10000 == NV_TENSORRT_MAJOR) return true;
  Voice(logger).refuse(tenon::Code::InvalidArgument,
                       "the program was compiled against another major version of the interface: "
                       "compile it against the headers of this library");
  return false;
}

}  // namespace

extern "C" {

TENSORRTAPI void* createInferBuilder_INTERNAL(void* logger, int32_t version) noexcept {
  auto* log = static_cast<nvinfer1::ILogger*>(logger);
  if (log == nullptr || !same_major(version, log)) return nullptr;
  Voice voice(log);
  return guarded<nvinfer1::IBuilder*>(voice, nullptr,
                                      [&] { return new tenon::api::Builder(*log); });
}

TENSORRTAPI void* createInferRuntime_INTERNAL(void* logger, int32_t version) noexcept {
  auto* log = static_cast<nvinfer1::ILogger*>(logger);
  if (log == nullptr || !same_major(version, log)) return nullptr;
  Voice voice(log);
  return guarded<nvinfer1::IRuntime*>(voice, nullptr,
                                      [&] { return new tenon::api::Runtime(*log); });
}

TENSORRTAPI void* createInferRefitter_INTERNAL(void* engine, void* logger,
                                               int32_t version) noexcept {
  auto* log = static_cast<nvinfer1::ILogger*>(logger);
  if (engine == nullptr || log == nullptr || !same_major(version, log)) return nullptr;
  Voice voice(log);
  auto& mine = static_cast<tenon::api::Engine&>(*static_cast<nvinfer1::ICudaEngine*>(engine));
  return guarded<nvinfer1::IRefitter*>(
      voice, nullptr, [&] { return tenon::api::Refitter::create(mine, *log).release(); });
}

TENSORRTAPI void* createNvOnnxParser_INTERNAL(void* network, void* logger, int) noexcept {
  auto* log = static_cast<nvinfer1::ILogger*>(logger);
  if (network == nullptr || log == nullptr) return nullptr;
  Voice voice(log);
  auto& graph = *static_cast<nvinfer1::INetworkDefinition*>(network);
  return guarded<nvonnxparser::IParser*>(voice, nullptr, [&] {
    return new tenon::api::Parser(static_cast<tenon::api::Network&>(graph), *log);
  });
}

TENSORRTAPI void* createNvOnnxParserRefitter_INTERNAL(void* refitter, void* logger,
                                                      int32_t) noexcept {
  auto* log = static_cast<nvinfer1::ILogger*>(logger);
  if (refitter == nullptr || log == nullptr) return nullptr;
  Voice voice(log);
  auto& mine = static_cast<tenon::api::Refitter&>(*static_cast<nvinfer1::IRefitter*>(refitter));
  return guarded<nvonnxparser::IParserRefitter*>(
      voice, nullptr, [&] { return new tenon::api::ParserRefitter(mine, *log); });
}

TENSORRTAPI void* createNvUffParser_INTERNAL() noexcept {
  Voice voice(tenon::plugin::process_logger());
  return guarded<nvuffparser::IUffParser*>(voice, nullptr,
                                           [] { return new tenon::api::UffParser(); });
}

TENSORRTAPI int getNvOnnxParserVersion() noexcept { return NV_ONNX_PARSER_VERSION; }

TENSORRTAPI int32_t getInferLibVersion() noexcept { return NV_TENSORRT_VERSION; }
TENSORRTAPI int32_t getInferLibMajorVersion() noexcept { return NV_TENSORRT_MAJOR; }
TENSORRTAPI int32_t getInferLibMinorVersion() noexcept { return NV_TENSORRT_MINOR; }
TENSORRTAPI int32_t getInferLibPatchVersion() noexcept { return NV_TENSORRT_PATCH; }
TENSORRTAPI int32_t getInferLibBuildVersion() noexcept { return NV_TENSORRT_BUILD; }

TENSORRTAPI nvinfer1::IPluginRegistry* getPluginRegistry() noexcept {
  return &tenon::plugin::global_registry();
}

TENSORRTAPI nvinfer1::ILogger* getLogger() noexcept { return tenon::plugin::process_logger(); }

}  // extern "C"

namespace nvinfer1 {

extern "C" TENSORRTAPI IPluginRegistry* getBuilderPluginRegistry(EngineCapability) noexcept {
  return &tenon::plugin::global_registry();
}

extern "C" TENSORRTAPI bool setInternalLibraryPath(AsciiChar const* path) noexcept {
  return path != nullptr;  // There is no second library to be found.
}

extern "C" TENSORRTAPI safe::IPluginRegistry* getBuilderSafePluginRegistry(
    EngineCapability) noexcept {
  return nullptr;
}

}  // namespace nvinfer1

namespace tenon {

char const* version() noexcept { return "0.1.0"; }

bool set_engine_device(nvinfer1::IBuilderConfig& config, char const* device) noexcept {
  return static_cast<api::BuilderConfig&>(config).set_device(device);
}

char const* engine_device(nvinfer1::ICudaEngine const& engine) noexcept {
  const device::Gpu* gpu = static_cast<api::Engine const&>(engine).shared()->first->gpu();
  return gpu == nullptr ? "cpu" : gpu->text().c_str();
}

bool set_context_threads(nvinfer1::IExecutionContext& context, int32_t maxThreads) noexcept {
  return static_cast<api::Context&>(context).set_threads(maxThreads);
}

bool set_context_cores(nvinfer1::IExecutionContext& context, int32_t const* cores,
                       int32_t count) noexcept {
  const bool given = cores != nullptr && count > 0;
  const auto size = given ? static_cast<size_t>(count) : 0;
  return static_cast<api::Context&>(context).set_cores({cores, size});
}

nvinfer1::ICudaEngine* load_safe_engine(nvinfer1::IRuntime& runtime, void const* blob,
                                        std::size_t size) noexcept {
  return static_cast<api::Runtime&>(runtime).load_safe(blob, size);
}

nvinfer1::ICudaEngine* load_engine_file(nvinfer1::IRuntime& runtime, char const* path) noexcept {
  return static_cast<api::Runtime&>(runtime).load_file(path);
}

}  // namespace tenon
