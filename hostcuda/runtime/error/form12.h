// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls whose parameters changed between versions 12 and 13 of the interface under one name.
#pragma once

#include "hostcuda/runtime/error/error.h"

/// After the definition of call_form12: what programs linked with version 12 of the library get for
/// `call`. The form of 13 carries the plain name and stands in exports.map; all others get that
/// one.
#define HOSTCUDA_FORM12(call) __asm__(".symver " #call "_form12, " #call "@libcudart.so.12")
