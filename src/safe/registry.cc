// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rules of registration.
#include "safe/registry.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "plugin/convert.h"

namespace tenon::safe {

namespace {

using nvinfer1::ErrorCode;
using nvinfer1::IPluginCreatorInterface;
using nvinfer2::safe::ISafePluginCreatorV3One;
using nvinfer2::safe::ISafeRecorder;

/// Length of a text, or kMaxCreatorText when it is null or has no end before.
size_t length_of(const char* text) noexcept {
  return text == nullptr ? kMaxCreatorText : strnlen(text, kMaxCreatorText);
}
bool sound(const char* text) noexcept { return length_of(text) < kMaxCreatorText; }

bool is_safe_creator(const IPluginCreatorInterface& creator) noexcept {
  const nvinfer1::InterfaceInfo info = creator.getInterfaceInfo();
  return info.kind != nullptr && std::strcmp(info.kind, kSafeCreatorKind) == 0 && info.major == 1;
}

/// Only safe creators get into the table.
ISafePluginCreatorV3One& as_safe(IPluginCreatorInterface& creator) noexcept {
  return static_cast<ISafePluginCreatorV3One&>(creator);
}

/// InvalidPlan is kINVALID_CONFIG.
ErrorCode refused(const Status& status) noexcept { return plugin::to_error_code(status.code); }

}  // namespace

ErrorCode SafeRegistry::registerCreator(IPluginCreatorInterface& creator,
                                        const char* pluginNamespace,
                                        ISafeRecorder& recorder) noexcept {
  Voice voice(recorder);
  Diagnostics& diag = voice.diag();
  if (!sound(pluginNamespace)) {
    return refused(diag.fail(Code::InvalidArgument,
                             "registerCreator: the namespace is {}; give one of at most {} "
                             "characters, \"\" for none",
                             pluginNamespace == nullptr ? "null" : "too long",
                             kMaxCreatorText - 1));
  }
  if (!is_safe_creator(creator)) {
    const char* kind = creator.getInterfaceInfo().kind;
    return refused(diag.fail(Code::InvalidArgument,
                             "registerCreator: a creator of kind '{}' cannot stand in the safe "
                             "registry, which takes '{}': derive it from ISafePluginCreatorV3One",
                             kind, kSafeCreatorKind));
  }
  ISafePluginCreatorV3One& own = as_safe(creator);
  const char *name = own.getPluginName(), *version = own.getPluginVersion(),
             *name_space = own.getPluginNamespace();
  if (!sound(name) || !sound(version) || !sound(name_space) || length_of(name) == 0) {
    return refused(diag.fail(Code::InvalidArgument,
                             "registerCreator: the creator answers no name, version and namespace "
                             "of at most {} characters each",
                             kMaxCreatorText - 1));
  }
  if (std::strcmp(name_space, pluginNamespace) != 0) {
    return refused(diag.fail(Code::InvalidArgument,
                             "registerCreator: the creator of plugin '{}' version '{}' is of "
                             "namespace '{}' and cannot be registered in '{}': give its own",
                             name, version, name_space, pluginNamespace));
  }
  const Lock lock(mutex_);
  if (find_locked(name, version, name_space) != nullptr) {
    return refused(diag.fail(Code::InvalidPlan,
                             "registerCreator: a creator of plugin '{}' version '{}' in namespace "
                             "'{}' is registered already; deregister it first",
                             name, version, name_space));
  }
  if (count_ == kMost) {
    return refused(diag.fail(Code::InvalidPlan,
                             "registerCreator: the safe registry is full with {} creators; "
                             "deregister those that are not needed before '{}' is registered",
                             kMost, name));
  }
  creators_[count_++] = &creator;
  if (own.getSafeRecorder() == nullptr) own.setSafeRecorder(recorder);
  return ErrorCode::kSUCCESS;
}

ErrorCode SafeRegistry::getAllCreators(IPluginCreatorInterface* const*& creators,
                                       int32_t& numCreators) const noexcept {
  creators = creators_;
  numCreators = count_;
  return ErrorCode::kSUCCESS;
}

ErrorCode SafeRegistry::getCreator(IPluginCreatorInterface*& creator, const char* pluginName,
                                   const char* pluginVersion,
                                   const char* pluginNamespace) noexcept {
  creator = nullptr;
  Voice voice(*recorder_);
  if (!sound(pluginName) || !sound(pluginVersion) || !sound(pluginNamespace)) {
    return refused(voice.diag().fail(Code::InvalidArgument,
                                     "getCreator: a name, version or namespace is null or longer "
                                     "than {} characters",
                                     kMaxCreatorText - 1));
  }
  creator = find(pluginName, pluginVersion, pluginNamespace);
  if (creator != nullptr) return ErrorCode::kSUCCESS;
  FixedText<512> known;
  describe(known);
  return refused(voice.diag().fail(Code::InvalidPlan,
                                   "getCreator: there is no safe plugin creator '{}' version '{}' "
                                   "in namespace '{}'; registered: {}",
                                   pluginName, pluginVersion, pluginNamespace, known.view()));
}

ErrorCode SafeRegistry::setSafeRecorder(ISafeRecorder& recorder) noexcept {
  recorder_ = &recorder;
  return ErrorCode::kSUCCESS;
}

ErrorCode SafeRegistry::getSafeRecorder(ISafeRecorder*& recorder) const noexcept {
  recorder = recorder_;
  return ErrorCode::kSUCCESS;
}

ErrorCode SafeRegistry::deregisterCreator(const IPluginCreatorInterface& creator) noexcept {
  Voice voice(*recorder_);
  const Lock lock(mutex_);
  auto* const end = creators_ + count_;
  auto* const found = std::find(creators_, end, &creator);
  if (found == end) {
    return refused(voice.diag().fail(
        Code::InvalidPlan, "deregisterCreator: this creator is not in the safe registry"));
  }
  std::copy(found + 1, end, found);
  creators_[--count_] = nullptr;
  return ErrorCode::kSUCCESS;
}

ISafePluginCreatorV3One* SafeRegistry::find(std::string_view name, std::string_view version,
                                            std::string_view name_space) noexcept {
  const Lock lock(mutex_);
  return find_locked(name, version, name_space);
}

ISafePluginCreatorV3One* SafeRegistry::find_locked(std::string_view name, std::string_view version,
                                                   std::string_view name_space) const noexcept {
  for (int32_t i = 0; i < count_; ++i) {
    ISafePluginCreatorV3One& one = as_safe(*creators_[i]);
    if (name == one.getPluginName() && version == one.getPluginVersion() &&
        name_space == one.getPluginNamespace()) {
      return &one;
    }
  }
  return nullptr;
}

void SafeRegistry::describe(FixedText<512>& text) noexcept {
  const Lock lock(mutex_);
  if (count_ == 0) text.append("none");
  for (int32_t i = 0; i < count_; ++i) {
    const ISafePluginCreatorV3One& one = as_safe(*creators_[i]);
    text.append("{}{} version {}",
                {i == 0 ? "" : "; ", one.getPluginName(), one.getPluginVersion()});
    const char* name_space = one.getPluginNamespace();
    if (*name_space != '\0') text.append(" in namespace {}", {name_space});
  }
}

namespace {

alignas(SafeRegistry) std::byte registry_memory[sizeof(SafeRegistry)];
SafeRegistry* registry = nullptr;
Mutex registry_mutex;

}  // namespace

SafeRegistry& safe_registry(ISafeRecorder& recorder, Recorder which) noexcept {
  const Lock lock(registry_mutex);
  // Never destroyed: creators of libraries that are closed last still find it.
  if (registry == nullptr) registry = new (registry_memory) SafeRegistry(recorder);
  if (which == Recorder::Replaced) registry->setSafeRecorder(recorder);
  return *registry;
}

}  // namespace tenon::safe

extern "C" nvinfer2::safe::ISafePluginRegistry* nvinfer2::safe::getSafePluginRegistry(
    nvinfer2::safe::ISafeRecorder& recorder) noexcept {
  return &tenon::safe::safe_registry(recorder, tenon::safe::Recorder::Replaced);
}
