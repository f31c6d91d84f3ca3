// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading engines from memory and from streams.
#include "api/infer/runtime.h"

#include <vector>

namespace tenon::api {

namespace {

constexpr size_t kChunk = size_t{1} << 20;

/// Everything that `read(destination, bytes)` gives until it gives no more.
template <class Read>
std::vector<std::byte> read_all(Read&& read) {
  std::vector<std::byte> all;
  for (;;) {
    const size_t before = all.size();
    all.resize(before + kChunk);
    const int64_t got = read(all.data() + before, static_cast<int64_t>(kChunk));
    all.resize(before + static_cast<size_t>(std::max<int64_t>(got, 0)));
    if (got <= 0) return all;
  }
}

}  // namespace

Runtime::Runtime(nvinfer1::ILogger& logger)
    : voice_(&logger),
      registry_(std::make_shared<plugin::PluginRegistry>(&plugin::global_registry(), &logger)) {
  plugin::set_process_logger(&logger);
}

void Runtime::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Runtime::getErrorRecorder() const noexcept { return voice_.recorder(); }

nvinfer1::ICudaEngine* Runtime::deserializeCudaEngine(void const* blob, std::size_t size) noexcept {
  if (blob == nullptr) {
    voice_.refuse(Code::InvalidArgument, "deserializeCudaEngine was given no bytes");
    return nullptr;
  }
  return load_engine({static_cast<const std::byte*>(blob), size}, surroundings(), voice_);
}

nvinfer1::ICudaEngine* Runtime::deserializeCudaEngine(nvinfer1::IStreamReader& streamReader) {
  return guarded<nvinfer1::ICudaEngine*>(voice_, nullptr, [&] {
    const auto bytes = read_all([&](void* to, int64_t n) { return streamReader.read(to, n); });
    return load_engine(bytes, surroundings(), voice_);
  });
}

nvinfer1::ICudaEngine* Runtime::deserializeCudaEngine(nvinfer1::IStreamReaderV2& streamReader) {
  return guarded<nvinfer1::ICudaEngine*>(voice_, nullptr, [&] {
    const auto bytes =
        read_all([&](void* to, int64_t n) { return streamReader.read(to, n, nullptr); });
    return load_engine(bytes, surroundings(), voice_);
  });
}

nvinfer1::ICudaEngine* Runtime::load_file(char const* path) noexcept {
  if (path == nullptr) {
    voice_.refuse(Code::InvalidArgument, "load_engine_file was given no path");
    return nullptr;
  }
  return load_engine_file(path, surroundings(), voice_);
}

Surroundings Runtime::surroundings() const {
  using nvinfer1::TempfileControlFlag;
  const auto allows = [&](TempfileControlFlag flag) {
    return (tempfiles_ >> static_cast<unsigned>(flag) & 1U) != 0;
  };
  return {registry_,
          {host_code_ ? InnerLibraries::Use::Open : InnerLibraries::Use::Refuse,
           {allows(TempfileControlFlag::kALLOW_IN_MEMORY_FILES),
            allows(TempfileControlFlag::kALLOW_TEMPORARY_FILES), folder_}},
          allocator_};
}

bool Runtime::setMaxThreads(int32_t maxThreads) noexcept {
  if (maxThreads < 1) return false;
  max_threads_ = maxThreads;
  return true;
}
void Runtime::setTemporaryDirectory(char const* path) noexcept {
  folder_ = path == nullptr ? "" : path;
}
void Runtime::setTempfileControlFlags(nvinfer1::TempfileControlFlags flags) noexcept {
  tempfiles_ = flags;
}
nvinfer1::TempfileControlFlags Runtime::getTempfileControlFlags() const noexcept {
  return tempfiles_;
}
nvinfer1::IRuntime* Runtime::loadRuntime(char const*) noexcept {
  voice_.absent("IRuntime::loadRuntime");
  return nullptr;
}

}  // namespace tenon::api
