// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The path under which some sources include host_defines.h.
#pragma once

#include "../host_defines.h"
