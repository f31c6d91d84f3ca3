// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How many threads a context takes, and where they run.
#pragma once

#include "nvinfer1/macros.h"

#include <cstdint>

namespace nvinfer1 {
class IExecutionContext;
}  // namespace nvinfer1

namespace tenon {

/// Later runs of `context` take at most `maxThreads` threads, the calling one among them; 0 is as
/// many as the engine was tuned for, which is the greatest number anyway. With 1 a run never leaves
/// its thread: the choice for many contexts side by side, since the threads of a process that
/// compute together serve one run at a time. The next run prepares its kernels anew. False, with
/// the reason reported, for a negative number. On CPU engines; as thread-safe as the context.
TENSORRTAPI bool set_context_threads(nvinfer1::IExecutionContext& context,
                                     int32_t maxThreads) noexcept;

/// The threads that help in later runs of `context` run on these `count` cores, numbered as the
/// system numbers them; a count of 0 is where the process began. The calling thread stays where it
/// is: place it with pthread_setaffinity_np. So do threads of oneDNN, which stay where the thread
/// was that first ran a context with them. Contexts may have different cores; moving the helpers
/// from one's to another's costs microseconds a run. False, with the reason reported and nothing
/// changed, for a number outside 0 to 1023 or a core that this process may not use. As thread-safe
/// as the context.
TENSORRTAPI bool set_context_cores(nvinfer1::IExecutionContext& context, int32_t const* cores,
                                   int32_t count) noexcept;

}  // namespace tenon
