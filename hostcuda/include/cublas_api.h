// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The linear algebra interface, one header a subject.
#pragma once

#include "cublas/types.h"

// clang-format off: what the others call comes first.
#include "cublas/handle.h"
// clang-format on

#include "cublas/gemm.h"
#include "cublas/gemm_ex.h"
#include "cublas/matrix.h"
#include "cublas/vector.h"
