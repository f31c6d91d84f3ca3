// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading, joining, writing.
#include "tools/trtexec/timing_cache_file.h"

#include <fmt/format.h>

#include <memory>

#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"

namespace tenon::trtexec {

using nvinfer1::IBuilderConfig;
using nvinfer1::ITimingCache;

namespace {

/// The cache in the file; empty where there is none.
std::unique_ptr<ITimingCache> read(const IBuilderConfig& config, const std::string& path) {
  std::unique_ptr<ITimingCache> cache;
  if (exists(path)) {
    const MappedFile file(path);
    cache.reset(config.createTimingCache(file.data(), file.size()));
  } else {
    cache.reset(config.createTimingCache(nullptr, 0));
  }
  if (!cache) {
    throw Failure(fmt::format("{} is no timing cache; delete it, or name another file.", path));
  }
  return cache;
}

}  // namespace

void load_timing_cache(IBuilderConfig& config, const std::string& path) {
  if (path.empty()) {
    const std::unique_ptr<ITimingCache> empty(config.createTimingCache(nullptr, 0));
    if (empty) config.setTimingCache(*empty, false);
    return;
  }
  if (!config.setTimingCache(*read(config, path), false)) {
    throw Failure(fmt::format(
        "The timing cache {} comes from another machine or version; delete it, or name another "
        "file.",
        path));
  }
}

void save_timing_cache(const IBuilderConfig& config, const std::string& path) {
  const ITimingCache* mine = config.getTimingCache();
  if (path.empty() || mine == nullptr) return;
  const auto all = read(config, path);
  if (!all->combine(*mine, false)) {
    throw Failure(fmt::format("The timing cache {} was changed by another machine.", path));
  }
  const std::unique_ptr<nvinfer1::IHostMemory> bytes(all->serialize());
  if (!bytes) throw Failure("The timing cache cannot be written.");
  write_file(path, bytes->data(), bytes->size());
  console().info(fmt::format("Saved timing cache to {}: {} entries, {} bytes.", path,
                             all->queryKeys(nullptr, 0), bytes->size()));
}

}  // namespace tenon::trtexec
