// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Who a creator is, whatever its kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "NvInferRuntime.h"
#include "ops/foreign.h"

namespace tenon::plugin {

/// The kinds of creators that a registry keeps. Interface fact:
/// IVersionedInterface::getInterfaceInfo.
enum class CreatorKind : uint8_t { V1, V3One, V3Quick, Unknown };

CreatorKind kind_of(const nvinfer1::IPluginCreatorInterface& creator) noexcept;
/// "V1 (IPluginCreator)", "V3 (IPluginCreatorV3One)", … for messages.
std::string_view to_string(CreatorKind kind) noexcept;

/// What the creator answers for name, version and namespace; nullopt when it is of no known kind or
/// answers null for the name or version. A null namespace counts as "".
std::optional<ops::PluginId> id_of(nvinfer1::IPluginCreatorInterface& creator);

/// Path of the program or library whose code the object runs; empty when unknown.
std::string library_of(const void* object);

/// `name "X", version "1", namespace ""`
std::string describe(const ops::PluginId& id);

/// A copy of `text` that lives as long as the process, one for equal texts: version 2 creators and
/// plugins may keep the pointer to a namespace that they are told. Thread-safe.
const char* kept_text(const std::string& text);

}  // namespace tenon::plugin
