// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// `tenon compare`: the tuned engine of a model against the reference kernels, layer by layer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/tenon/libraries.h"

namespace tenon::command {

struct CompareArguments {
  std::string path;                 ///< an ONNX model
  std::vector<std::string> shapes;  ///< "name:1x3x224x224"; unknown extents are 1 otherwise
  double rtol = 1e-4, atol = 1e-6;
  unsigned seed = 1;  ///< of the inputs
  bool json = false, verbose = false;
  Libraries libraries;
};

/// Prints the answer on stdout. 0: every tensor agrees, that is max|a-b| <= atol + rtol * max|b|;
/// 1: one does not; 2: there is no answer, and stderr says why.
int compare(const CompareArguments& arguments);

}  // namespace tenon::command
