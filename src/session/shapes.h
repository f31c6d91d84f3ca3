// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a context knows of extents: the inputs' shapes, the symbols' numbers, and what follows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "kernel/instance.h"
#include "plan/view.h"

namespace tenon::session {

class Engine;

/// Symbols of one context. Nothing here allocates after construction, unless it fails.
class Shapes {
 public:
  explicit Shapes(const Engine& engine);

  /// The same of an engine with the same program.
  void adopt(const Engine& engine) noexcept { engine_ = &engine; }

  [[nodiscard]] size_t profile() const noexcept { return profile_; }
  void set_profile(size_t profile) noexcept;

  /// Checks against the profile, and takes, an input's extents. `changed` becomes true if they were
  /// others.
  Status set_input(size_t io, const Dims& dims, bool& changed, Diagnostics& diag);
  [[nodiscard]] bool has_input(size_t io) const noexcept { return given_[io] != 0; }
  [[nodiscard]] const Dims& input(size_t io) const noexcept { return dims_[io]; }

  /// Takes what stands at `address` as the content of shape input `io`: checked against the
  /// profile.
  Status read_content(size_t io, const void* address, bool& changed, Diagnostics& diag);
  /// From now on other numbers may stand there: until they are read, no shape that they tell is
  /// known.
  void doubt_content(size_t io) noexcept { fresh_[io] = 0; }
  /// Whether every shape input was read since the last doubt.
  [[nodiscard]] bool contents_fresh() const noexcept;

  /// Once all inputs are given: computes bounds of data-dependent sizes and sees whether inputs
  /// contradict each other.
  Status resolve(Diagnostics& diag);
  /// Puts data-dependent sizes at their bounds again, before a run finds out.
  void unsettle() noexcept;
  /// Takes the value of a size tensor; a value beyond its bound is an error naming `layer`.
  Status settle(uint32_t symbol, const void* address, std::string_view layer, Diagnostics& diag);

  /// Extents with data-dependent sizes not known yet at their bounds. Fails, naming the tensor,
  /// when arithmetic fails, an extent is negative or the storage exceeds what was planned.
  Status evaluate(uint32_t tensor, Dims& out, Diagnostics& diag) const;
  /// Extents; -1 where a symbol is not known.
  [[nodiscard]] Dims known(const plan::TensorView& tensor) const noexcept;
  /// Evaluates any code; only after resolve().
  [[nodiscard]] Status evaluate(std::span<const int64_t> code, int64_t& out) const noexcept;

 private:
  void learn(uint32_t symbol, int64_t value) noexcept;
  /// Says why extent `axis` of a tensor has no number.
  Status explain(const plan::TensorView& tensor, size_t axis, Diagnostics& diag) const;
  /// ", where N = 4, shape[0] = 3": the symbols of a code.
  [[nodiscard]] std::string told_by(std::span<const int64_t> code) const;
  Status check_range(size_t io, const Dims& dims, Diagnostics& diag) const;

  const Engine* engine_;
  size_t profile_ = 0;
  std::vector<Dims> dims_;       ///< one a network input
  std::vector<uint8_t> given_;   ///< one a network input
  std::vector<uint8_t> fresh_;   ///< one a network input: content as it was read
  std::vector<int64_t> values_;  ///< one a symbol
  std::vector<uint8_t> known_;   ///< one a symbol
};

/// Storage of a tensor, or -1 when extents are negative or the number would exceed 2^62.
int64_t checked_bytes(const kernel::Layout& layout, const Dims& dims, DType dtype) noexcept;

}  // namespace tenon::session
