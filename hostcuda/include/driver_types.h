// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types of the runtime interface under the name that sources include.
#pragma once

#include "cudart/types.h"
