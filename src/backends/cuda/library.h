// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What kernels of NVIDIA's libraries have in common.
#pragma once

#include <dlfcn.h>

#include <memory>
#include <utility>

#include "backends/cuda/tail.h"

namespace tenon::cuda {

/// Sets `function` to the call of this name; false when the library lacks it.
template <class Function>
bool find_call(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

/// Refuses a record of another version of the library than the one that is here. `library`: its
/// calls, or null where it is not installed.
template <class Library>
Status expect_version(const char* name, const Library* library, uint64_t version,
                      const kernel::RecordView& record, Diagnostics& diag) {
  if (library == nullptr) {
    return diag.fail(Code::NotFound, "layer '{}' runs on {} {}, which is not installed",
                     record.node_name, name, version);
  }
  const uint64_t here = library->version();
  if (version == here) return {};
  return diag.fail(Code::Unsupported,
                   "layer '{}' was built for {} {}, and {} is here; build the engine anew",
                   record.node_name, name, version, here);
}

/// A library's kernel of an engine. `Shared` has its workspace and its tail; an `Instance` is made
/// of it and of a tail of its own.
template <class Shared, class Instance>
class LibraryLoaded final : public kernel::Loaded {
 public:
  explicit LibraryLoaded(Shared shared) : shared_(std::move(shared)) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return shared_.workspace;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    TENON_ASSIGN(TailInstance tail, TailInstance::make(shared_.tail));
    return std::unique_ptr<kernel::Instance>(std::make_unique<Instance>(shared_, std::move(tail)));
  }

 private:
  const Shared shared_;
};

}  // namespace tenon::cuda
