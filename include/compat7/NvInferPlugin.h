// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins that ship with the library.
#pragma once

#include "NvInfer.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  /// Registers them in a namespace: there are none to register. True.
  TENON_COMPAT7_API bool initLibNvInferPlugins(void* logger, const char* libNamespace);

  /// Parameters of plugins that ship with the library: there are none.
  namespace plugin {}

}  // namespace compat7
}  // namespace nvinfer1

#ifndef TENON_COMPAT7_APART
using nvinfer1::initLibNvInferPlugins;
#endif
