// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The library of the house "acme": two versions of one plugin under one name.
#include "brighten.h"

extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  // Version 1 doubles. Version 2 takes the factor; engines with version 1 stay as they are.
  static brighten::Creator first({"1", "acme"}, {2, 0}, false);
  static brighten::Creator second({"2", "acme"}, {1, 0}, true);
  static nvinfer1::IPluginCreatorInterface* const kCreators[] = {&first, &second};
  nbCreators = 2;
  return kCreators;
}
