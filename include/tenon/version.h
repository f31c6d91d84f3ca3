// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tenon's own version; NvInferVersion.h tells the version of the interface.
#pragma once

#include "nvinfer1/macros.h"

#define TENON_VERSION_MAJOR 0
#define TENON_VERSION_MINOR 1
#define TENON_VERSION_PATCH 0

namespace tenon {

/// Version of the library that is linked, e.g. "0.1.0". Static storage.
TENSORRTAPI char const* version() noexcept;

}  // namespace tenon
