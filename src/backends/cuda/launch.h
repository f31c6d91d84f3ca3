// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a step of this backend puts on a stream: launches of its own code, copies and fills.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "kernel/instance.h"

namespace tenon::cuda {

/// Memory that a run brings: an input, an output or the workspace, from a byte on.
struct Place {
  enum class Of : uint8_t { Input, Output, Workspace };
  Of of = Of::Workspace;
  uint32_t index = 0;
  uint64_t offset = 0;
};
constexpr Place input(size_t index, uint64_t offset = 0) {
  return {Place::Of::Input, static_cast<uint32_t>(index), offset};
}
constexpr Place output(size_t index, uint64_t offset = 0) {
  return {Place::Of::Output, static_cast<uint32_t>(index), offset};
}
constexpr Place scratch(uint64_t offset = 0) { return {Place::Of::Workspace, 0, offset}; }

/// A kernel's one argument: a struct, member by member, as the kernel's text declares it.
class Arguments {
 public:
  Arguments& place(const Place& place) {
    align(sizeof(uint64_t));
    places_.emplace_back(bytes_.size(), place);
    return append(uint64_t{0});
  }
  /// A null address.
  Arguments& nothing() { return put(uint64_t{0}); }
  template <class T>
  Arguments& put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    align(sizeof(T));
    return append(value);
  }
  Arguments& u32(int64_t value) { return put(static_cast<uint32_t>(value)); }
  Arguments& i32(int64_t value) { return put(static_cast<int32_t>(value)); }
  /// A Divisor of the prelude. 1 to 2^31.
  Arguments& divisor(int64_t value);
  /// Lists, filled up to `most` entries.
  Arguments& divisors(const std::vector<int64_t>& values, size_t most);
  Arguments& i32s(const std::vector<int64_t>& values, size_t most);

  [[nodiscard]] std::byte* data() noexcept { return bytes_.data(); }
  [[nodiscard]] const std::vector<std::pair<size_t, Place>>& places() const noexcept {
    return places_;
  }

 private:
  void align(size_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  }
  template <class T>
  Arguments& append(T value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    return *this;
  }
  Bytes bytes_;
  std::vector<std::pair<size_t, Place>> places_;  ///< byte of the struct, and what it points to
};

/// One thing to put on a stream.
struct Launch {
  enum class What : uint8_t {
    Kernel,
    Copy,  ///< bytes from the second place of the arguments to the first
    Zero   ///< bytes from the first place on
  };
  What what = What::Kernel;
  std::string kernel;
  uint32_t grid[3] = {1, 1, 1}, block[3] = {1, 1, 1};
  Arguments arguments;
  uint64_t bytes = 0;
};

/// `items` threads in blocks of `threads`.
Launch launch_of(std::string kernel, int64_t items, uint32_t threads = 256);
Launch copy_of(const Place& to, const Place& from, uint64_t bytes);

/// Shapes of one run, and what may be assumed of its addresses.
struct Shapes {
  std::span<const kernel::TensorDesc> inputs, outputs;
  bool aligned = true;  ///< all addresses are multiples of 16
};

/// Appends the address of an input, or a null one where it is absent.
void place_input(const Shapes& shapes, size_t index, Arguments& arguments);

/// What an own kernel launches for given shapes: the half of it that runs on the host. Made of a
/// record's parameters; any thread.
class Planner {
 public:
  virtual ~Planner() = default;
  [[nodiscard]] virtual size_t workspace(const Shapes& shapes) const {
    (void)shapes;
    return 0;
  }
  /// Appends to `launches`. Never asked where all outputs are empty. Fails for shapes that the
  /// kernel cannot take, or that do not fit together.
  virtual Status plan(const Shapes& shapes, std::vector<Launch>& launches) const = 0;
  /// True when empty outputs are work too: sizes are told by the run.
  [[nodiscard]] virtual bool tells_sizes() const { return false; }
};

/// What plan() answers.
inline constexpr Status kUnlikeShapes{Code::InvalidArgument,
                                      "the shapes of a GPU kernel's tensors do not fit together"};
inline constexpr Status kTooLarge{
    Code::Unsupported, "a tensor has more than 2^31 - 1 elements, which GPU kernels cannot count"};
/// kTooLarge for a tensor of that size.
Status refuse_large(std::span<const kernel::TensorDesc> descs) noexcept;

}  // namespace tenon::cuda
