// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a conversion rounds.
#pragma once

#include "host_defines.h"

enum cudaRoundMode { cudaRoundNearest, cudaRoundZero, cudaRoundPosInf, cudaRoundMinInf };
