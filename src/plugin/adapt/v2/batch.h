// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The batch of plugins that were made before networks spelt it out.
#pragma once

#include <vector>

#include "NvInferRuntime.h"
#include "base/dims.h"

namespace tenon::plugin {

/// IPluginV2, Ext and IOExt know no batch axis: they get its extent apart. The first axis of their
/// first input is the batch; it is taken off every input and output that begins with it before the
/// plugin sees the extents, and put in front of what the plugin answers. Interface fact: how such
/// plugins work in networks with explicit batch.
class Batch {
 public:
  /// `first`: the first input's extents; a scalar has no batch.
  explicit Batch(const Dims& first) noexcept;
  /// For a node without inputs.
  Batch() = default;

  [[nodiscard]] int32_t size() const noexcept { return size_; }
  /// Extents as the plugin sees them.
  [[nodiscard]] Dims take_off(const Dims& dims) const noexcept;
  /// Extents that the plugin answers, as the network sees them.
  [[nodiscard]] Dims put_on(const Dims& dims) const noexcept;

 private:
  int32_t size_ = 1;
  bool spelt_out_ = false;
};

}  // namespace tenon::plugin
