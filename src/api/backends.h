// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The backends of this build, put together.
#pragma once

#include "ir/evaluator.h"
#include "kernel/registry.h"
#include "plugin/adapt/quick/kernel_loaded.h"
#include "plugin/registry/registry.h"
#include "tune/reformat_source.h"

namespace tenon::api {

/// Candidates and loaders of all built-in backends, fastest first, reference last. Made on first
/// use; safe to read from several threads. TENON_BACKENDS=ref,simd limits the candidates, for
/// tests.
const kernel::Registry& backends();

/// Reordering kernels of the built-in backends.
tune::ReformatSource& reformats();

/// Folds constants with the reference backend.
ir::Evaluator& evaluator();

/// The loaders of the backends, of loops and conditionals, of plugins found in `registry`, which
/// outlives this, of safe plugins found in the safe registry of the process, and of code inside
/// engines as far as `host` allows it.
class RuntimeLoaders final : public kernel::LoaderTable {
 public:
  RuntimeLoaders(const plugin::PluginRegistry& registry, plugin::HostCode host);
  RuntimeLoaders(const RuntimeLoaders&) = delete;
  RuntimeLoaders& operator=(const RuntimeLoaders&) = delete;
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override;
  /// What the kernels inside of loops and conditionals are loaded by, instead of this; outlives the
  /// loading of every engine.
  void use_inside(const kernel::LoaderTable& loaders) noexcept { inside_ = &loaders; }

 private:
  const kernel::LoaderTable* inside_ = this;
  kernel::LoadFunction v2_, v3_, safe_, quick_, aot_, host_, control_;
};

}  // namespace tenon::api
