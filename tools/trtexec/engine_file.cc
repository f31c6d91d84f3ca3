// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory, mappings and streams.
#include "tools/trtexec/engine_file.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>

#include "tenon/engine_file.h"
#include "tenon/safe_proxy.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/plugins.h"
#include "tools/trtexec/safe_engine.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

/// A file as the library reads it, piece by piece.
class FileReader final : public IStreamReaderV2 {
 public:
  explicit FileReader(const std::string& path) : file_(path, std::ios::binary) {
    if (!file_) throw Failure(fmt::format("Cannot open {}.", path));
  }
  int64_t read(void* destination, int64_t nbBytes, cudaStream_t) noexcept override {
    file_.read(static_cast<char*>(destination), nbBytes);
    return file_.gcount();
  }
  bool seek(int64_t offset, SeekPosition where) noexcept override {
    file_.clear();
    file_.seekg(offset, where == SeekPosition::kSET   ? std::ios::beg
                        : where == SeekPosition::kCUR ? std::ios::cur
                                                      : std::ios::end);
    return file_.good();
  }

 private:
  std::ifstream file_;
};

/// `own`: this process built the engine.
LoadedEngine load(const Options& options, bool own,
                  const std::function<ICudaEngine*(IRuntime&)>& read) {
  LoadedEngine loaded;
  loaded.runtime.reset(createInferRuntime(console()));
  if (!loaded.runtime) throw Failure("There is no runtime; the reason stands above.");
  load_dynamic(loaded.runtime->getPluginRegistry(), options.system.dynamic_plugins);
  if (options.system.max_threads > 0) loaded.runtime->setMaxThreads(options.system.max_threads);
  // Code inside an engine that was built here has run here already, and whoever puts libraries
  // into an engine on this command line trusts them.
  const bool trusted =
      own || options.system.version_compatible || !options.build.plugins_to_serialize.empty();
  loaded.runtime->setEngineHostCodeAllowed(trusted);
  loaded.runtime->setTemporaryDirectory(options.system.temporary_folder.c_str());
  loaded.runtime->setTempfileControlFlags(options.system.temporary_files);
  const auto start = std::chrono::steady_clock::now();
  loaded.engine.reset(read(*loaded.runtime));
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  loaded.seconds = passed.count();
  if (!loaded.engine) throw Failure("The engine was not loaded; the reason stands above.");
  console().info(fmt::format("Engine deserialized in {:.4g} sec.", loaded.seconds));
  return loaded;
}

}  // namespace

LoadedEngine load_engine(const IHostMemory& memory, const Options& options) {
  return load(options, true, [&](IRuntime& runtime) {
    if (options.build.safe) return load_safe_engine(runtime, memory.data(), memory.size());
    return runtime.deserializeCudaEngine(memory.data(), memory.size());
  });
}

LoadedEngine load_engine(const Options& options) {
  const std::string& path = options.inference.load_engine;
  if (options.inference.stream_reader) {
    FileReader reader(path);
    return load(options, false,
                [&](IRuntime& runtime) { return runtime.deserializeCudaEngine(reader); });
  }
  const MappedFile file(path);
  console().info(fmt::format("Engine file {}: {} bytes.", path, file.size()));
  if (options.build.safe) {
    check_consistency(file.data(), file.size(), options);
    return load(options, false, [&](IRuntime& runtime) {
      return load_safe_engine(runtime, file.data(), file.size());
    });
  }
  return load(options, false,
              [&](IRuntime& runtime) { return load_engine_file(runtime, path.c_str()); });
}

std::string describe_version(const std::string& path) {
  static constexpr char kOurs[] = "\x89TNE\r\n\x1A\n";
  static constexpr char kTensorRt[] = "ftrt";
  const MappedFile file(path);
  const auto* bytes = static_cast<const unsigned char*>(file.data());
  if (file.size() >= 12 && std::memcmp(bytes, kOurs, 8) == 0) {
    uint32_t format = 0;
    std::memcpy(&format, bytes + 8, sizeof format);
    return fmt::format(
        "Engine file of Tenon, format {}; this program is of TensorRT version {}.{}.{}", format,
        NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH);
  }
  if (file.size() >= 28 && std::memcmp(bytes, kTensorRt, 4) == 0) {
    throw Failure(fmt::format(
        "{} was created with TensorRT version {}.{}.{}.{}, whose plans Tenon does not read: build "
        "the engine from its model.",
        path, bytes[24], bytes[25], bytes[26], bytes[27]));
  }
  throw Failure(fmt::format("{} is no engine file.", path));
}

}  // namespace tenon::trtexec
