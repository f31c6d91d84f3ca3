// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin that the safe reader's fuzzer has registered.
#pragma once

#include "NvInferSafePlugin.h"

namespace tenon::fuzz {

/// Creator of "Twice", version 1, namespace "test". Its plugins compute nothing.
nvinfer1::IPluginCreatorInterface& creator();

/// Which call of a plugin fails (Wish); any other number: none.
enum class Wish : uint8_t {
  None,
  CreateNull,
  NoRuntime,
  OtherKind,
  NullKind,
  FailInit,
  FailTactic,
  CloneNull,
  CloneSelf,
  FailEnqueue
};
uint8_t& plugin_wish();
/// Plugins that live.
int live_plugins();

}  // namespace tenon::fuzz
