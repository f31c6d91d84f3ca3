// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Many executions in a process that may ask the system for nothing but futex and its end: a kernel
// filter ends it otherwise. Nothing is allocated, and every output has the same bits.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "safe/test_recorder.h"
#include "test/faults/allocations.h"
#include "test/safe/test_engine.h"

namespace tenon::safe {
namespace {

using namespace nvinfer2::safe;

constexpr int kRuns = 1'000'000;

/// From now on any other system call ends the process with SIGSYS.
bool allow_futex_and_exit_only() {
#define TENON_ALLOW(call)                                \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
  sock_filter rules[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                         TENON_ALLOW(futex), TENON_ALLOW(exit_group), TENON_ALLOW(exit),
                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
#undef TENON_ALLOW
  const sock_fprog program{static_cast<unsigned short>(std::size(rules)), rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// What the child found; its exit status.
enum Outcome : int { kGood, kNoGraph, kNoFilter, kFailed, kOtherBits, kAllocated };

Outcome run_silently(const Bytes& file) {
  TestRecorder recorder;
  ITRTGraph* graph = nullptr;
  const auto size = static_cast<int64_t>(file.size());
  if (createTRTGraph(graph, file.data(), size, recorder) != ErrorCode::kSUCCESS) return kNoGraph;
  float image[64], digits[10] = {}, first[10];
  for (int i = 0; i < 64; ++i) image[i] = static_cast<float>(i % 7) / 7.0F;
  graph->setIOTensorAddress(0, {image, sizeof image});
  graph->setIOTensorAddress(1, {digits, sizeof digits});
  if (!allow_futex_and_exit_only()) return kNoFilter;
  const size_t before = allocations();
  for (int i = 0; i < kRuns; ++i) {
    std::memset(digits, 0xFF, sizeof digits);
    if (graph->executeAsync(nullptr) != ErrorCode::kSUCCESS) return kFailed;
    if (graph->sync() != ErrorCode::kSUCCESS) return kFailed;
    if (i == 0) std::memcpy(first, digits, sizeof first);
    if (std::memcmp(first, digits, sizeof first) != 0) return kOtherBits;
  }
  return allocations() == before ? kGood : kAllocated;
}

TEST(SafeGraph, AMillionRunsAskTheSystemForNothing) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers make system calls of their own";
#endif
  const Bytes file = make_digits_engine();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(run_silently(file));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status)
                                 << ": a system call that is not allowed";
  if (WEXITSTATUS(status) == kNoFilter) GTEST_SKIP() << "the system takes no filter here";
  EXPECT_EQ(WEXITSTATUS(status), kGood);
}

}  // namespace
}  // namespace tenon::safe
