// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins and what programs implement, of the 7.x set.
#pragma once

#include "nvinfer7/plugin.h"
