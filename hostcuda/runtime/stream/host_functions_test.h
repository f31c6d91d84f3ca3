// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Host functions that the tests of streams put on them.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace hostcuda::test {

/// Adds one to a std::atomic<int>.
inline void count_up(void* data) { ++*static_cast<std::atomic<int>*>(data); }

/// Long enough that what is put behind it finds it running.
inline void nap(void*) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

}  // namespace hostcuda::test
