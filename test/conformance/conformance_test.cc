// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every kernel of every backend against the reference, case by case; then what nobody has checked.
#include <gtest/gtest.h>

#include <cstdlib>

#include "backends.h"
#include "base/parallel.h"
#include "check.h"

namespace tenon::conformance {
namespace {

struct State {
  State() {
    for (const Backend& backend : backends()) backend.register_kernels(registry);
    // The pool may allocate when its workers start: let that be before anybody counts.
    parallel_for(2, 2, 1, [](int64_t, int64_t) {});
    const char* wanted = std::getenv("TENON_CONFORMANCE");
    const std::string_view devices = wanted == nullptr ? "cpu cuda" : wanted;
    with_cpu = devices.find("cpu") != devices.npos;
    CollectingSink sink;
    Diagnostics diag(sink);
    if (devices.find("cuda") == devices.npos) {
      no_gpu = "TENON_CONFORMANCE leaves GPUs out";
    } else if (const auto opened = device::Gpu::open(0, diag); opened.ok()) {
      gpu = *opened;
    } else {
      no_gpu = sink.errors();
    }
  }
  [[nodiscard]] bool runs(device::Kind kind) const {
    return kind == device::Kind::Cuda ? gpu != nullptr : with_cpu;
  }
  bool with_cpu = true;
  const device::Gpu* gpu = nullptr;
  std::string no_gpu;  ///< why there is none
  kernel::Registry registry;
  Coverage coverage;
};

State& state() {
  static State one;
  return one;
}

class Conformance : public testing::TestWithParam<size_t> {};

TEST_P(Conformance, EqualsTheReference) {
  const Case& one = all_cases()[GetParam()];
  if (state().with_cpu) check_case(one, state().registry, nullptr, state().coverage);
  if (state().gpu != nullptr) check_case(one, state().registry, state().gpu, state().coverage);
}

std::string test_name(const testing::TestParamInfo<size_t>& info) {
  std::string name = std::to_string(info.param);
  name.insert(0, 4 - std::min<size_t>(name.size(), 4), '0');
  for (const char c : " " + all_cases()[info.param].name()) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
}
INSTANTIATE_TEST_SUITE_P(Cases, Conformance, testing::Range<size_t>(0, all_cases().size()),
                         test_name);

/// Prints what was checked, and fails for a kernel that no case reached and no gap explains.
class Summary : public testing::Environment {
  void TearDown() override {
    const Coverage& coverage = state().coverage;
    size_t pairs = 0;
    uint64_t runs = 0;
    for (const auto& [name, kernel] : coverage.kernels) {
      printf("  %-32s %4zu cases %6llu runs, worst error %.3f of the tolerance\n", name.c_str(),
             kernel.cases.size(), static_cast<unsigned long long>(kernel.runs), kernel.worst);
      pairs += kernel.cases.size();
      runs += kernel.runs;
    }
    for (const auto& [why, count] : coverage.skipped) {
      printf("  not run %llu times: %s\n", static_cast<unsigned long long>(count), why.c_str());
    }
    if (state().gpu == nullptr) {
      printf("  not run on a GPU: all %zu cases, %s\n", coverage.cases.size(),
             state().no_gpu.c_str());
    }
    printf("conformance: %zu pairs of kernel and case checked, %llu runs\n", pairs,
           static_cast<unsigned long long>(runs));
    if (coverage.cases.size() == all_cases().size()) expect_all_covered(coverage);
  }

  static void expect_all_covered(const Coverage& coverage) {
    for (const Backend& backend : backends()) {
      if (!state().runs(backend.device)) continue;
      for (const std::string& kernel : backend.kernels) {
        const auto found = coverage.kernels.find(backend.name + "/" + kernel);
        const bool covered = found != coverage.kernels.end() && !found->second.cases.empty();
        const auto gap = std::find_if(backend.gaps.begin(), backend.gaps.end(),
                                      [&](const auto& one) { return one.first == kernel; });
        const bool explained = gap != backend.gaps.end() && !gap->second.empty();
        EXPECT_TRUE(covered || explained)
            << "no case reaches kernel " << backend.name << "/" << kernel
            << ": add one, or a reason to backends/" << backend.name << "/gaps.h";
        EXPECT_FALSE(covered && explained)
            << backend.name << "/" << kernel << " is checked: take it out of its backend's gaps.h";
      }
    }
  }
};
const testing::Environment* const kSummary = testing::AddGlobalTestEnvironment(new Summary);

}  // namespace
}  // namespace tenon::conformance
