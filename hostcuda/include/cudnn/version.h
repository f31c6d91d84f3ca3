// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The version that these headers declare.
#pragma once

#define CUDNN_MAJOR 9
#define CUDNN_MINOR 19
#define CUDNN_PATCHLEVEL 0
#define CUDNN_VERSION (CUDNN_MAJOR * 10000 + CUDNN_MINOR * 100 + CUDNN_PATCHLEVEL)
