// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of safe plugin creators.
#pragma once

#include "NvInferSafePlugin.h"
#include "base/status.h"
#include "safe/recorder.h"
#include "safe/system.h"

namespace tenon::safe {

/// Longest name, version or namespace, the zero byte included.
inline constexpr size_t kMaxCreatorText = 1024;
/// Kind of the creators that the table takes.
inline constexpr const char* kSafeCreatorKind = "PLUGIN SAFE CREATOR_V3ONE";

/// At most 100 creators; takes no memory. Registering, finding and taking out is thread-safe.
class SafeRegistry final : public nvinfer2::safe::ISafePluginRegistry {
 public:
  static constexpr int32_t kMost = 100;

  explicit SafeRegistry(nvinfer2::safe::ISafeRecorder& recorder) noexcept : recorder_(&recorder) {}
  /// It is never deleted; without this its destructor would want the C++ library's.
  static void operator delete(void* /*memory*/) noexcept {}

  nvinfer1::ErrorCode registerCreator(nvinfer1::IPluginCreatorInterface& creator,
                                      const char* pluginNamespace,
                                      nvinfer2::safe::ISafeRecorder& recorder) noexcept override;
  nvinfer1::ErrorCode getAllCreators(nvinfer1::IPluginCreatorInterface* const*& creators,
                                     int32_t& numCreators) const noexcept override;
  nvinfer1::ErrorCode getCreator(nvinfer1::IPluginCreatorInterface*& creator,
                                 const char* pluginName, const char* pluginVersion,
                                 const char* pluginNamespace) noexcept override;
  nvinfer1::ErrorCode setSafeRecorder(nvinfer2::safe::ISafeRecorder& recorder) noexcept override;
  nvinfer1::ErrorCode getSafeRecorder(
      nvinfer2::safe::ISafeRecorder*& recorder) const noexcept override;
  nvinfer1::ErrorCode deregisterCreator(
      const nvinfer1::IPluginCreatorInterface& creator) noexcept override;

  /// The creator, or null; the reason is for the caller to tell.
  nvinfer2::safe::ISafePluginCreatorV3One* find(std::string_view name, std::string_view version,
                                                std::string_view name_space) noexcept;
  /// "MaxPoolPlugin version 1; Roll version 2 in namespace acme", for messages; cut where full.
  void describe(FixedText<512>& text) noexcept;

 private:
  nvinfer2::safe::ISafePluginCreatorV3One* find_locked(std::string_view name,
                                                       std::string_view version,
                                                       std::string_view name_space) const noexcept;

  nvinfer2::safe::ISafeRecorder* recorder_;
  Mutex mutex_;
  int32_t count_ = 0;
  nvinfer1::IPluginCreatorInterface* creators_[kMost] = {};
};

enum class Recorder : uint8_t { Kept, Replaced };
/// The registry of the process, with `recorder` as its recorder unless it has one that is kept.
SafeRegistry& safe_registry(nvinfer2::safe::ISafeRecorder& recorder, Recorder which) noexcept;

}  // namespace tenon::safe
