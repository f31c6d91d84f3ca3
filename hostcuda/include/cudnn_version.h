// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The version alone, as build scripts read it.
#pragma once

#include "cudnn/version.h"
