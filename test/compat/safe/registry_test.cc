// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The safe registry of the process as programs reach it: by several threads, with long texts.
#include <NvInferSafePlugin.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace nvinfer1;
using namespace nvinfer2::safe;

/// Keeps every error.
class Recorder final : public ISafeRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return static_cast<int32_t>(errors_.size()); }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kUNSPECIFIED_ERROR; }
  char const* getErrorDesc(int32_t i) const noexcept override {
    return errors_[static_cast<size_t>(i)].c_str();
  }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { errors_.clear(); }
  bool reportError(ErrorCode, char const* text) noexcept override {
    const std::lock_guard lock(mutex_);
    errors_.emplace_back(text);
    return true;
  }
  int32_t incRefCount() noexcept override { return 1; }
  int32_t decRefCount() noexcept override { return 0; }

 private:
  std::mutex mutex_;
  std::vector<std::string> errors_;
};

/// Makes nothing; only its name counts.
class NamedCreator final : public ISafePluginCreatorV3One {
 public:
  explicit NamedCreator(std::string name, std::string version = "1", std::string space = "")
      : name_(std::move(name)), version_(std::move(version)), space_(std::move(space)) {}
  IPluginV3* createPlugin(char const*, PluginFieldCollection const*,
                          TensorRTPhase) noexcept override {
    return nullptr;
  }
  PluginFieldCollection const* getFieldNames() noexcept override { return &none_; }
  char const* getPluginName() const noexcept override { return name_.c_str(); }
  char const* getPluginVersion() const noexcept override { return version_.c_str(); }
  char const* getPluginNamespace() const noexcept override { return space_.c_str(); }
  ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(ISafeRecorder& recorder) noexcept override { recorder_ = &recorder; }

 private:
  std::string name_, version_, space_;
  PluginFieldCollection none_{};
  ISafeRecorder* recorder_ = nullptr;
};

Recorder& recorder() {
  static Recorder instance;
  return instance;
}

// Shows S-REG-4.
TEST(SafeRegistryUseTest, ThreadsRegisterFindAndTakeOut) {
  constexpr int kThreads = 4, kRounds = 500;
  ISafePluginRegistry& registry = *getSafePluginRegistry(recorder());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      NamedCreator own("Own" + std::to_string(i));
      for (int round = 0; round < kRounds; ++round) {
        IPluginCreatorInterface* found = nullptr;
        bool const good =
            registry.registerCreator(own, "", recorder()) == ErrorCode::kSUCCESS &&
            registry.getCreator(found, own.getPluginName(), "1") == ErrorCode::kSUCCESS &&
            found == &own && registry.deregisterCreator(own) == ErrorCode::kSUCCESS;
        wrong += good ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  IPluginCreatorInterface* const* all = nullptr;
  int32_t count = -1;
  EXPECT_EQ(registry.getAllCreators(all, count), ErrorCode::kSUCCESS);
  EXPECT_EQ(count, 0);
}

// Shows S-REC-2.
TEST(SafeRegistryUseTest, ALongSentenceIsCutAndEnded) {
  std::string const longest(1023, 'n'), other(1023, 'o');
  NamedCreator creator(longest, longest, longest);
  recorder().clear();
  ISafePluginRegistry& registry = *getSafePluginRegistry(recorder());
  EXPECT_EQ(registry.registerCreator(creator, other.c_str(), recorder()),
            ErrorCode::kINVALID_ARGUMENT);
  ASSERT_EQ(recorder().getNbErrors(), 1);
  std::string const sentence = recorder().getErrorDesc(0);
  EXPECT_EQ(sentence.size(), ISafeRecorder::kMAX_SAFE_DESC_LENGTH);
}

}  // namespace
