// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The library of the house "zenith", which chose the same name and version for something else.
#include "brighten.h"

extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  static brighten::Creator creator({"1", "zenith"}, {1, 10}, false);
  static nvinfer1::IPluginCreatorInterface* const kCreators[] = {&creator};
  nbCreators = 1;
  return kCreators;
}
