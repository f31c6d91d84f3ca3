// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The version of the interface that these headers give.
#pragma once

#ifndef TENON_COMPAT7_APART
#define NV_TENSORRT_MAJOR 7
#define NV_TENSORRT_MINOR 0
#define NV_TENSORRT_PATCH 0
#define NV_TENSORRT_BUILD 11
#define NV_TENSORRT_SONAME_MAJOR 7
#define NV_TENSORRT_SONAME_MINOR 0
#define NV_TENSORRT_SONAME_PATCH 0
#define NV_TENSORRT_VERSION \
  ((NV_TENSORRT_MAJOR * 1000) + (NV_TENSORRT_MINOR * 100) + NV_TENSORRT_PATCH)
#endif
