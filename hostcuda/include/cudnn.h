// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The neural network primitives' interface, one header a subject.
#pragma once

#include "cuda_runtime_api.h"
#include "cudnn/handle.h"
#include "cudnn/layers.h"
#include "cudnn/tensor.h"
#include "cudnn/types.h"
