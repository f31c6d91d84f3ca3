// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names and descriptions of the error codes.
#include "hostcuda/runtime/error/error.h"

HOSTCUDA_API const char* cudaGetErrorName(cudaError_t error) {
  switch (static_cast<int>(error)) {
#define HOSTCUDA_ERROR(name, value, text) \
  case value:                             \
    return #name;
#include "hostcuda/runtime/error/names.def"
#undef HOSTCUDA_ERROR
  }
  return "unrecognized error code";
}

HOSTCUDA_API const char* cudaGetErrorString(cudaError_t error) {
  switch (static_cast<int>(error)) {
#define HOSTCUDA_ERROR(name, value, text) \
  case value:                             \
    return text;
#include "hostcuda/runtime/error/names.def"
#undef HOSTCUDA_ERROR
  }
  return "unrecognized error code";
}
