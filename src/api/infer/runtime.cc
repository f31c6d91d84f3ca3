// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading engines from memory and from streams.
#include "api/infer/runtime.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "plan/format.h"

namespace tenon::api {

namespace {

constexpr size_t kChunk = size_t{1} << 20;

/// Appends what `read(destination, bytes)` gives until there are `wanted` bytes or it gives no
/// more. Memory grows with what came, whatever was promised.
template <class Read>
void read_until(uint64_t wanted, std::vector<std::byte>& all, Read&& read) {
  while (all.size() < wanted) {
    const size_t before = all.size();
    const size_t chunk = std::min<uint64_t>(kChunk, wanted - before);
    all.resize(before + chunk);
    const int64_t got = read(all.data() + before, static_cast<int64_t>(chunk));
    all.resize(before +
               static_cast<size_t>(std::clamp<int64_t>(got, 0, static_cast<int64_t>(chunk))));
    if (got <= 0) return;
  }
}

/// The engine that stands next in a stream, as long as its header says and no byte further: readers
/// may go on behind it, and many take reading past their end for a fault. What is no engine is read
/// to its end, so that the refusal tells of all of it.
template <class Read>
std::vector<std::byte> read_engine(Read&& read) {
  std::vector<std::byte> all;
  plan::Header header{};
  read_until(sizeof header, all, read);
  if (all.size() < sizeof header) return all;
  std::memcpy(&header, all.data(), sizeof header);
  const bool ours = std::memcmp(header.magic, plan::kMagic, sizeof header.magic) == 0;
  read_until(ours ? header.file_bytes : UINT64_MAX, all, read);
  return all;
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
    const auto bytes = read_engine([&](void* to, int64_t n) { return streamReader.read(to, n); });
    return load_engine(bytes, surroundings(), voice_);
  });
}

nvinfer1::ICudaEngine* Runtime::deserializeCudaEngine(nvinfer1::IStreamReaderV2& streamReader) {
  return guarded<nvinfer1::ICudaEngine*>(voice_, nullptr, [&] {
    const auto bytes =
        read_engine([&](void* to, int64_t n) { return streamReader.read(to, n, nullptr); });
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

nvinfer1::ICudaEngine* Runtime::load_safe(void const* blob, std::size_t size) noexcept {
  if (blob == nullptr) {
    voice_.refuse(Code::InvalidArgument, "load_safe_engine was given no bytes");
    return nullptr;
  }
  return load_safe_engine({static_cast<const std::byte*>(blob), size}, surroundings(), voice_);
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
nvinfer1::IRuntime* Runtime::loadRuntime(char const* path) noexcept {
  return guarded<nvinfer1::IRuntime*>(voice_, nullptr, [&]() -> nvinfer1::IRuntime* {
    const std::string file = path == nullptr ? "" : path;
    // It stays open: objects of it may outlive this one.
    void* const library = file.empty() ? nullptr : ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      voice_.refuse(Code::NotFound,
                    fmt::format("loadRuntime: there is no runtime in '{}': {}", file,
                                file.empty() ? "no library is named" : ::dlerror()));
      return nullptr;
    }
    // The classes of another maker's library are laid out in another way.
    using Create = void*(void*, int32_t);
    auto* const create = reinterpret_cast<Create*>(::dlsym(library, "createInferRuntime_INTERNAL"));
    if (create == nullptr || ::dlsym(library, "_ZN5tenon7versionEv") == nullptr) {
      voice_.refuse(Code::Unsupported,
                    fmt::format("loadRuntime: '{}' is no library of Tenon's, and only those can be "
                                "loaded",
                                file));
      return nullptr;
    }
    return static_cast<nvinfer1::IRuntime*>(create(voice_.logger(), NV_TENSORRT_VERSION));
  });
}

}  // namespace tenon::api
