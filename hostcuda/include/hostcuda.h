/* SPDX-License-Identifier: Apache-2.0
   Copyright the Tenon authors
   What this runtime offers beside CUDA's own calls: how an engine on the CPU shares its streams. */
#pragma once

#include <cuda_runtime_api.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 1 when `stream` is a live stream of this runtime, or one of the default handles (null, 1, 2);
    else 0. The handle is looked up, never dereferenced. Any thread. */
int hostcudaOwnsStream(cudaStream_t stream);

/** How a stream stands for the calling thread; kinder than cudaStreamQuery: leaves the last error
 * be. */
enum hostcudaStreamStatus {
  hostcudaStreamUnknown = 0, /**< no stream of this runtime */
  hostcudaStreamReady = 1, /**< work put there now would start at once: its own queue is empty, and
                                so are those it implicitly waits for (legacy default stream); or the
                                caller is running a task of this very stream */
  hostcudaStreamBusy = 2,  /**< work put there now would wait */
  hostcudaStreamCapturing =
      3, /**< calls are recorded into a graph; so when a capture is invalidated */
};

/** The status of `stream`, which may be any value. Any thread; takes no time worth counting. */
enum hostcudaStreamStatus hostcudaStreamState(cudaStream_t stream);

/** Work of an engine on a stream: returns 0, or the engine's own number, which becomes the stream's
    sticky cudaErrorLaunchFailure. Unlike a host function it may make CUDA calls: those on the
   stream it runs on are done at once, in place, and a synchronise of that stream returns at once.
 */
typedef int (*hostcudaTask)(void* data, cudaStream_t stream);

/** Puts `task` behind all that `stream` has been given. A capturing stream records one node, which
    every launch of the graph runs, then with the stream it was launched on. `release`, which may be
    null, is called once with `data` when nothing can run the task any more, at once where this call
    fails. Any thread. */
cudaError_t hostcudaLaunchTask(cudaStream_t stream, hostcudaTask task, void* data,
                               void (*release)(void* data));

/** The stream whose task or host function the calling thread is running, or null outside of one. */
cudaStream_t hostcudaCurrentStream(void);

/** While on, the calling thread's copies and fills take memory this runtime does not know for what
    their kind says: an engine turns it on around code whose "device memory" it has made itself.
    Counted: as many offs as ons. Returns how many are on. Tasks run as if it were on. */
int hostcudaTrustPointers(int on);

/** One launch of a kernel, as its host version sees it. */
struct hostcudaLaunch {
  dim3 grid, block;    /**< as launched, no extent 0 */
  size_t shared_bytes; /**< dynamic shared memory of a block; the function makes it */
  void** arguments;    /**< the kernel's own arguments: pointers to copies of their values */
};

/** A kernel's host version: carries out the whole grid, on a thread of the stream's, in its order.
    Returns 0, or a number that becomes the stream's sticky cudaErrorLaunchFailure. */
typedef int (*hostcudaKernelFunction)(const struct hostcudaLaunch* launch, void* data);

/** A kernel for the host. */
struct hostcudaKernel {
  const char* name; /**< for messages; the mangled name if it stands in for compiled device code */
  hostcudaKernelFunction function;
  void* data;                    /**< given to `function` */
  const size_t* parameter_sizes; /**< bytes of each parameter */
  unsigned int parameter_count;
};

/** Makes `kernel` what a launch of `stub` runs: the address of a function, which is never called.
    With a null stub it is what any registered device code of that name runs. What it points to is
    copied, but for `data`. A second registration takes the first one's place.
    Errors: cudaErrorInvalidValue. Any thread. */
cudaError_t hostcudaRegisterKernel(const void* stub, const struct hostcudaKernel* kernel);

#ifdef __cplusplus
}
#endif
