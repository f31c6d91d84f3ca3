// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All types of the runtime interface and the frame its calls stand in.
#pragma once

#include <stddef.h>

#include "cudart/types/array.h"
#include "cudart/types/copy.h"
#include "cudart/types/device.h"
#include "cudart/types/device_attribute.h"
#include "cudart/types/device_prop.h"
#include "cudart/types/error.h"
#include "cudart/types/external.h"
#include "cudart/types/graph.h"
#include "cudart/types/handles.h"
#include "cudart/types/launch.h"
#include "cudart/types/library.h"
#include "cudart/types/memory.h"
#include "cudart/types/stream.h"
#include "cudart/types/texture.h"
#include "device_types.h"
#include "host_defines.h"
#include "vector_types.h"
