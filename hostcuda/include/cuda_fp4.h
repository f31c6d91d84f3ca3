// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers of four bits on the host, one to a byte: two bits of exponent and one of mantissa.
#pragma once

typedef unsigned char __nv_fp4_storage_t;
typedef unsigned char __nv_fp4x2_storage_t;

#ifdef __cplusplus

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "cudart/numbers/small.h"

HOSTCUDA_SMALL_NUMBER(__nv_fp4_e2m1, __nv_fp4_storage_t, hostcuda_numbers::Fp4E2M1);

#endif
