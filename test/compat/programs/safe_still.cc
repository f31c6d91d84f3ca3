// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs a safe graph many times under a filter that ends the process at any system call but futex,
// and counts what is allocated meanwhile; every output must be the first one, bit for bit.
// Usage: safe_still FOLDER MODEL LIBRARY [RUNS], as safe_digits.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>

#include "safe_program.h"

// The C library's own, under the names that it keeps for those who count.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);
}

namespace {

std::atomic<int64_t> heapCalls{0};

}  // namespace

extern "C" {
void* malloc(size_t size) { return ++heapCalls, __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return ++heapCalls, __libc_calloc(count, size); }
void* realloc(void* memory, size_t size) { return ++heapCalls, __libc_realloc(memory, size); }
void* aligned_alloc(size_t alignment, size_t size) {
  return ++heapCalls, __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++heapCalls;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;
}
void free(void* memory) {
  ++heapCalls;
  __libc_free(memory);
}
}

namespace {

using namespace nvinfer2::safe;
using Clock = std::chrono::steady_clock;

/// From now on any system call but futex and the end of the process ends it by SIGSYS.
void allowFutexAlone() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const sock_fprog filter{sizeof code / sizeof code[0], code};
  EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  EXPECT(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

enum Verdict : int { kGood, kAllocated, kFailed, kOtherBits };

/// What the child does; its verdict. Times go to memory that the parent sees.
[[noreturn]] void runStill(ITRTGraph& graph, std::vector<float>& scores, uint32_t* times,
                           size_t runs) {
  EXPECT_OK(graph.executeAsync(nullptr));
  float first[kDigits];
  std::memcpy(first, scores.data(), sizeof first);
  allowFutexAlone();
  const int64_t before = heapCalls;
  for (size_t i = 0; i < runs; ++i) {
    std::memset(scores.data(), 0, sizeof first);
    const auto start = Clock::now();
    if (graph.executeAsync(nullptr) != nvinfer1::ErrorCode::kSUCCESS ||
        graph.sync() != nvinfer1::ErrorCode::kSUCCESS) {
      _exit(kFailed);
    }
    times[i] = static_cast<uint32_t>((Clock::now() - start).count());
    if (std::memcmp(first, scores.data(), sizeof first) != 0) _exit(kOtherBits);
  }
  _exit(heapCalls == before ? kGood : kAllocated);
}

}  // namespace

// Shows S-RUN-1, S-RUN-2, S-RUN-3.
int main(int argc, char** argv) {
  EXPECT(argc == 4 || argc == 5);
  const size_t runs = argc == 5 ? std::stoul(argv[4]) : 20000;
  static SafeLog recorder;
  registerMaxPool(argv[3], recorder);
  const auto engine = buildSafe(argv[2], {1});
  ITRTGraph* graph = nullptr;
  EXPECT_OK(createTRTGraph(graph, engine->data(), static_cast<int64_t>(engine->size()), recorder));
  std::vector<float> picture = readDigit(argv[1], 7);
  std::vector<float> scores(kDigits, -1);
  EXPECT_OK(graph->setIOTensorAddress(0, TypedArray(picture.data(), kPixels * sizeof(float))));
  EXPECT_OK(graph->setIOTensorAddress(1, TypedArray(scores.data(), kDigits * sizeof(float))));
  auto* times =
      static_cast<uint32_t*>(mmap(nullptr, runs * sizeof(uint32_t), PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
  EXPECT(times != MAP_FAILED);
  const pid_t child = fork();
  EXPECT(child >= 0);
  if (child == 0) runStill(*graph, scores, times, runs);
  int status = -1;
  EXPECT(waitpid(child, &status, 0) == child);
  EXPECT(!WIFSIGNALED(status));  // by SIGSYS: a system call that is none of futex
  EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == kGood);
  std::sort(times, times + runs);
  const size_t middle = runs / 2;
  const size_t tail = runs - 1 - runs / 10000;
  std::printf(
      "%zu runs without heap or system calls: median %.3f us, p99.99 %.3f us, worst %.3f us\n",
      runs, times[middle] / 1e3, times[tail] / 1e3, times[runs - 1] / 1e3);
  EXPECT(recorder.getNbErrors() == 0);
  EXPECT_OK(destroyTRTGraph(graph));
  return passed("safe_still");
}
