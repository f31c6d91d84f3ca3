// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Words that mark functions, variables and types in CUDA sources; on a host most mean nothing.
#pragma once

// Where a function runs and where a variable lives.
#ifndef __host__
#define __host__
#endif
#ifndef __device__
#define __device__
#endif
#ifndef __global__
#define __global__
#endif
#ifndef __shared__
#define __shared__
#endif
#ifndef __constant__
#define __constant__
#endif
#ifndef __managed__
#define __managed__
#endif
#ifndef __grid_constant__
#define __grid_constant__
#endif

// Hints to a compiler for devices.
#define __launch_bounds__(...)
#define __cluster_dims__(...)
#define __maxnreg__(...)
#define __nv_pure__
#define __device_builtin__
#define __device_builtin_texture_type__
#define __device_builtin_surface_type__
#define __cudart_builtin__

// Words of the host's compiler under their own names.
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __builtin_align__(bytes) __align__(bytes)
#define __no_return__ __attribute__((noreturn))
#ifndef __forceinline__
#define __forceinline__ __inline__ __attribute__((always_inline))
#endif
#define __inline_hint__
#define __thread__ __thread
#define __import__
#define __export__
#define __location__(word) __annotate__(word)
#define __annotate__(word) __attribute__((word))

// Calling conventions.
#define CUDARTAPI
#define CUDARTAPI_CDECL
#define CUDART_CB
#define CUDART_DEVICE __device__

// Frame of this folder's declarations: C names, visible outside of the library that defines them.
#ifdef __cplusplus
#define HOSTCUDA_CALLS_BEGIN \
  extern "C" {               \
  _Pragma("GCC visibility push(default)")
#define HOSTCUDA_CALLS_END      \
  _Pragma("GCC visibility pop") \
  }
#define HOSTCUDA_DEFAULT(value) = value
#else
#define HOSTCUDA_CALLS_BEGIN
#define HOSTCUDA_CALLS_END
#define HOSTCUDA_DEFAULT(value)
#endif
