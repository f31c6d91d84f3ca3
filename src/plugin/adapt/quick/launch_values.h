// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The numbers of one launch: grid, block, shared memory and scalar arguments for given shapes.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/tensor_desc.h"
#include "plugin/adapt/quick/launch.h"

namespace tenon::plugin {

/// One context's. Allocates only when shapes are told the first time.
class LaunchValues {
 public:
  /// Both outlive this; `kernel` names it in messages.
  LaunchValues(const LaunchProgram& launch, const std::string& kernel)
      : launch_(launch), kernel_(kernel), scalars_(launch.extras.size()) {}

  /// Fails, saying which number it is, where one cannot be computed or is out of range. `count`:
  /// how many of the numbers are wanted, grid first.
  Status compute(std::span<const kernel::TensorDesc> inputs, size_t count) noexcept;

  /// Grid, block, shared memory, in the order of kLaunchNumbers.
  [[nodiscard]] uint32_t operator[](size_t place) const noexcept { return numbers_[place]; }
  [[nodiscard]] bool is_empty() const noexcept {
    return numbers_[0] == 0 || numbers_[1] == 0 || numbers_[2] == 0;
  }
  /// Each begins with the bytes of its own type: they are little-endian.
  [[nodiscard]] std::span<int32_t> scalars() noexcept { return scalars_; }
  /// The words of the last failure.
  [[nodiscard]] std::string_view last_error() const noexcept { return {words_, said_}; }

 private:
  Status number(const expr::Code& code, int64_t least, int64_t most, const char* what, size_t place,
                int64_t& value) noexcept;

  const LaunchProgram& launch_;
  const std::string& kernel_;
  std::vector<int64_t> extents_;
  std::vector<int32_t> scalars_;
  std::array<uint32_t, kLaunchNumbers> numbers_{1, 1, 1, 1, 1, 1, 0};
  char words_[256] = {};
  size_t said_ = 0;
};

}  // namespace tenon::plugin
