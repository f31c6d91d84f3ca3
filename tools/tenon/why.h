// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// `tenon why`: what every node of a model or an engine became, and why.
#pragma once

#include <string>

#include "tools/tenon/libraries.h"

namespace tenon::command {

struct WhyArguments {
  std::string path;  ///< an ONNX model or an engine file
  std::string node;  ///< only what has this name or operator; empty: all
  bool json = false;
  bool verbose = false;
  Libraries libraries;
};

/// Prints the answer on stdout, or on stderr why there is none; the exit status of the program.
int why(const WhyArguments& arguments);

}  // namespace tenon::command
