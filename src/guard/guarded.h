// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The doors: kernels that guard every run, and one examination for a build.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guard/subject.h"
#include "kernel/loader.h"

namespace tenon::guard {

/// Runs `loaded`'s instances on copies of the caller's tensors, in guarded memory; the caller's get
/// the results. A run that does what it must not fails with Code::Plugin, last_error() saying what.
/// The first run of an instance examines clones as well. Guarded runs allocate, and cost several
/// times what the kernel does.
std::unique_ptr<kernel::Loaded> guarded(std::unique_ptr<kernel::Loaded> loaded, Subject subject);

/// Loaders whose kernels are guarded: plugins, or all. Built on another table, which outlives it.
class GuardedLoaders final : public kernel::LoaderTable {
 public:
  enum class Which : uint8_t { None, Plugins, All };
  /// `warn` may be called from any thread that runs, as long as kernels live.
  GuardedLoaders(const kernel::LoaderTable& loaders, Which which,
                 std::function<void(const std::string&)> warn)
      : loaders_(loaders), which_(which), warn_(std::move(warn)) {}
  /// Not thread-safe; good as long as the table.
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override;

 private:
  const kernel::LoaderTable& loaders_;
  Which which_;
  std::function<void(const std::string&)> warn_;
  mutable std::map<std::string, kernel::LoadFunction, std::less<>> found_;  ///< by family
};

/// What an examination found.
struct Verdict {
  Status status;
  std::string reason;  ///< of a failed status
  std::vector<std::string> warnings;
};

/// Examines a kernel once, in a build: its runs, clones, and, if `twin` is given, the object made
/// from what it serialized. `args` as for a run; outputs get the results.
Verdict examine(kernel::Loaded& loaded, kernel::Loaded* twin,
                const kernel::ContextResources& resources, const Subject& subject,
                std::span<const kernel::TensorDesc> inputs,
                std::span<const kernel::TensorDesc> outputs, const kernel::RunArgs& args);

}  // namespace tenon::guard
