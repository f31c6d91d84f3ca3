// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the interface calls thread-safe, from several threads at once.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "factor.h"

namespace {

using namespace nvinfer1;

class Silent final : public ILogger {
 public:
  void log(Severity, char const*) noexcept override {}
};

/// A creator with a version of its own.
class Numbered final : public IPluginCreatorV3One {
 public:
  explicit Numbered(int number) : version_(std::to_string(number)) {}
  IPluginV3* createPlugin(char const*, PluginFieldCollection const*,
                          TensorRTPhase) noexcept override {
    return nullptr;
  }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  char const* getPluginName() const noexcept override { return "Numbered"; }
  char const* getPluginVersion() const noexcept override { return version_.c_str(); }
  char const* getPluginNamespace() const noexcept override { return ""; }

 private:
  std::string version_;
  PluginFieldCollection fields_{};
};

class Shared final : public IPluginResource {
 public:
  explicit Shared(std::atomic<int>& alive) : alive_(alive) {}
  int32_t release() noexcept override {
    --alive_;
    return 0;
  }
  IPluginResource* clone() noexcept override {
    ++alive_;
    return new Shared(alive_);
  }

 private:
  std::atomic<int>& alive_;
};

/// Four threads register, find, share, load and drop in one registry.
void workInOneRegistry(IPluginRegistry& registry) {
  std::atomic<int> alive{0}, faults{0}, loads{0};
  auto const work = [&](int thread) {
    Numbered mine(thread);
    Shared resource(alive);
    std::string const version = std::to_string(thread);
    for (int round = 0; round < 50; ++round) {
      faults += registry.registerCreator(static_cast<IPluginCreatorInterface&>(mine), "") ? 0 : 1;
      faults += registry.getCreator("Numbered", version.c_str(), "") == &mine ? 0 : 1;
      faults += registry.acquirePluginResource("shared", &resource) != nullptr ? 0 : 1;
      if (auto const handle = registry.loadLibrary(TENON_FACTOR_TWICE)) {
        ++loads;
        registry.deregisterLibrary(handle);
      }
      faults += registry.isParentSearchEnabled() ? 0 : 1;
      faults += registry.releasePluginResource("shared") == 0 ? 0 : 1;
      faults += registry.deregisterCreator(static_cast<IPluginCreatorInterface&>(mine)) ? 0 : 1;
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) threads.emplace_back(work, thread);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, 0);
  EXPECT_EQ(alive, 0);
  EXPECT_GT(loads, 0);
  int32_t left = -1;
  registry.getAllCreators(&left);
  EXPECT_EQ(left, 0);
}

TEST(RegistryThreads, WorkInOneRegistryWhileALibraryStaysOpen) {
  Silent silent;
  std::unique_ptr<IRuntime> const keeper(createInferRuntime(silent));
  ASSERT_NE(keeper->getPluginRegistry().loadLibrary(TENON_FACTOR_TWICE), nullptr);
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(silent));
  workInOneRegistry(runtime->getPluginRegistry());
}

TEST(RegistryThreads, OpenAndCloseALibraryAtOnce) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer does not know the lock of the loader";
#endif
  Silent silent;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(silent));
  workInOneRegistry(runtime->getPluginRegistry());
}

}  // namespace
