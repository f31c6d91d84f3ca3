// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The runtime interface for C and C++: types and calls, one header a subject.
#pragma once

/** 1000 major + 10 minor of the interface that these headers declare. */
#define CUDART_VERSION 13000
#define __CUDART_API_VERSION CUDART_VERSION

// The renames come before what they rename.
#include "cudart/per_thread.h"

#include "builtin_types.h"

#include "cudart/calls/array.h"
#include "cudart/calls/copy.h"
#include "cudart/calls/device.h"
#include "cudart/calls/error.h"
#include "cudart/calls/event.h"
#include "cudart/calls/external.h"
#include "cudart/calls/fill.h"
#include "cudart/calls/graph.h"
#include "cudart/calls/graph_exec.h"
#include "cudart/calls/graph_node.h"
#include "cudart/calls/launch.h"
#include "cudart/calls/library.h"
#include "cudart/calls/log.h"
#include "cudart/calls/memory.h"
#include "cudart/calls/pool.h"
#include "cudart/calls/stream.h"
