// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The line that a refused call leaves.
#include "hostcuda/numeric/refusal.h"

#include <cstdio>
#include <mutex>
#include <set>

namespace hostcuda {
namespace {

// A program that is refused with ever new numbers must not fill memory.
constexpr std::size_t kKept = 1000;

std::string& of_thread() {
  thread_local std::string text;
  return text;
}

bool first_time(const std::string& text) {
  static std::mutex& mutex = *new std::mutex;
  static std::set<std::string>& told = *new std::set<std::string>;
  const std::lock_guard lock(mutex);
  if (told.size() >= kKept) {
    told.clear();
  }
  return told.insert(text).second;
}

}  // namespace

void say_refusal(const std::string& sentence) noexcept {
  try {
    of_thread() = sentence;
    if (first_time(sentence)) {
      std::fprintf(stderr, "hostcuda: %s\n", sentence.c_str());
    }
  } catch (...) {  // without memory for the list the line is what must not be lost
    std::fprintf(stderr, "hostcuda: %s\n", sentence.c_str());
  }
}

const std::string& last_refusal() noexcept { return of_thread(); }

}  // namespace hostcuda
