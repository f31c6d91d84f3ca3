// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Each backend's door, list of kernels and gaps. A backend is here when its target exists.
#include "backends.h"

#include "backends/ref/list.h"
#include "backends/ref/register.h"
#if TENON_WITH_SIMD
#include "backends/simd/gaps.h"
#include "backends/simd/list.h"
#include "backends/simd/register.h"
#endif
#if TENON_WITH_DNNL
#include "backends/dnnl/list.h"
#include "backends/dnnl/register.h"
#endif
#if TENON_WITH_CUDA
#include "backends/cuda/list.h"
#include "backends/cuda/register.h"
#endif

namespace tenon::conformance {

namespace {

template <class Rows>
std::vector<std::string> names(const Rows& rows) {
  std::vector<std::string> result;
  for (const auto& row : rows) result.emplace_back(row.name);
  return result;
}

/// From a span of pairs (kernel, reason).
template <class Pairs>
[[maybe_unused]] std::vector<std::pair<std::string, std::string>> listed(const Pairs& pairs) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& [kernel, reason] : pairs) result.emplace_back(kernel, reason);
  return result;
}

}  // namespace

const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = [] {
    std::vector<Backend> list;
    list.push_back({"ref", ref::register_kernels, names(ref::kernels()), {}, device::Kind::Cpu});
#if TENON_WITH_SIMD
    list.push_back({"simd", simd::register_kernels, names(simd::rows()), {}, device::Kind::Cpu});
    list.back().gaps = listed(simd::gaps());
#endif
#if TENON_WITH_DNNL
    list.push_back({"dnnl", dnnl::register_kernels, names(dnnl::rows()), {}, device::Kind::Cpu});
#endif
#if TENON_WITH_CUDA
    list.push_back({"cuda", cuda::register_kernels, names(cuda::rows()), {}, device::Kind::Cuda});
#endif
    return list;
  }();
  return all;
}

}  // namespace tenon::conformance
