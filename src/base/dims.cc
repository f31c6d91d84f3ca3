// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Text of dims.
#include "base/dims.h"

namespace tenon {

std::string to_string(const Dims& dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (int64_t value : dims) {
    if (!text.empty()) text += 'x';
    text += std::to_string(value);
  }
  return text;
}

}  // namespace tenon
