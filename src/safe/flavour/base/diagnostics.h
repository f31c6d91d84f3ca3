// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Found before src/base/diagnostics.h where the safe library is compiled.
#pragma once

#include "base/safe_diagnostics.h"
