// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The words of the codes.
#include "base/status.h"

namespace tenon {

const char* to_string(Code code) noexcept {
  switch (code) {
#define TENON_ROW(name, words) \
  case Code::name:             \
    return words;
    TENON_CODES(TENON_ROW)
#undef TENON_ROW
  }
  return "unknown code";
}

}  // namespace tenon
