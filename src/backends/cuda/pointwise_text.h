// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element-wise operators as C++ text.
#pragma once

#include <string>

#include "kernel/candidate.h"

namespace tenon::cuda {

/// The body of a function of wide values x0, x1, … that ends by returning the output's element.
std::string pointwise_body(const kernel::NodeInfo& node);

}  // namespace tenon::cuda
