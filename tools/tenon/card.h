// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// `tenon card`: what quantisation cost an engine, tensor by tensor and in accuracy.
#pragma once

#include <string>

#include "tools/tenon/libraries.h"

namespace tenon::command {

struct CardArguments {
  std::string engine, data;
  std::string model;       ///< float32, ONNX; empty: nothing is compared
  std::string json, plot;  ///< files to write; empty: none
  size_t limit = 0;        ///< of examples; 0: all
  bool verbose = false;
  Libraries libraries;
};

/// Prints the card on stdout. 0: it is there; 2: it is not, and stderr says why.
int card(const CardArguments& arguments);

}  // namespace tenon::command
