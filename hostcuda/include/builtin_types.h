// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All built-in types under the name that sources include.
#pragma once

#include "cudart/types.h"
#include "vector_types.h"
