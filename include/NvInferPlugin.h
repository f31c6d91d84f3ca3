// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin library that comes with Tenon.
#pragma once

#include "NvInfer.h"
#include "NvInferPluginUtils.h"

extern "C" {
/// Registers the creators of the plugin library in the registry of the process. `logger` is an
/// nvinfer1::ILogger or null; `libNamespace` is the namespace to register under. True on success,
/// and when it has been done before. Link libnvinfer_plugin. Thread-safe.
TENSORRTAPI bool initLibNvInferPlugins(void* logger, char const* libNamespace);
}
