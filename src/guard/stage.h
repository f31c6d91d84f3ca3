// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All tensors of a step in guarded memory: painted before a run, inspected after it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "guard/guarded_memory.h"
#include "guard/subject.h"
#include "kernel/instance.h"

namespace tenon::guard {

/// What bytes hold that nobody has written: one of two values, different ones in outputs, so that
/// an output left as it was is told from one that copies what it must not read.
struct Paint {
  static constexpr size_t kNone = SIZE_MAX;
  size_t region = kNone;  ///< only this one …
  size_t prefix = 0;      ///< … has the second paint, in so many bytes; the rest has the first
  bool second = false;    ///< all have the second
};

/// Bytes that are painted.
struct Region {
  enum class Where : uint8_t { Before, Content, After };
  size_t place;  ///< of Stage::place
  Where where;
  std::span<std::byte> bytes;
};

/// An input, an output, or the workspace.
struct Place {
  enum class Role : uint8_t { Input, Output, Workspace };
  Role role = Role::Input;
  size_t index = 0;
  std::string what;                       ///< `output 0 "y"`
  kernel::TensorDesc desc;                ///< of a tensor
  std::unique_ptr<GuardedMemory> memory;  ///< null: absent
};

/// All bytes of all outputs after a run.
using Snapshot = std::vector<std::vector<std::byte>>;

/// Where two runs gave different results.
struct Difference {
  size_t output = 0, byte = 0;
};

/// One step at one set of shapes. One thread at a time. Costs as much memory as the tensors take.
class Stage {
 public:
  Stage(const Subject& subject, std::span<const kernel::TensorDesc> inputs,
        std::span<const kernel::TensorDesc> outputs, size_t workspace);
  /// False when memory ran out.
  [[nodiscard]] bool ok() const noexcept { return ok_; }

  /// The caller's tensors, for the runs to come: inputs are read from them, give() writes to them.
  /// Outputs that lie over inputs do so on the stage as well.
  void take(const kernel::RunArgs& args);
  /// Turns floating inputs around, and halves float32 ones: other values of the same kind.
  void vary_inputs(bool other) noexcept { other_ = other; }

  /// Fills everything, and raises the fences.
  void set(const Paint& paint);
  [[nodiscard]] kernel::RunArgs args(device::Stream& stream) noexcept;
  /// Lowers the fences. Sentences about what was touched that must not be, since set(paint).
  std::vector<std::string> inspect(const Paint& paint);

  /// Copies the outputs to `into`, whose memory is used again.
  void outputs(Snapshot& into);
  /// Room for snapshots, kept from run to run: 0 to 2.
  [[nodiscard]] Snapshot& room(size_t number) noexcept { return rooms_[number]; }
  /// Gives the results of a run with the first paint to the caller, all but the end of an open
  /// output that neither it nor one with the second paint wrote.
  void give(const Snapshot& results, const Snapshot& second) noexcept;

  /// The first byte that belongs to an element and differs. Bytes that no run wrote do not count.
  [[nodiscard]] std::optional<Difference> compare(const Snapshot& a,
                                                  const Snapshot& b) const noexcept;
  /// About bytes that still hold their paint after a run with the first and one with the second;
  /// empty when all were written.
  [[nodiscard]] std::string unwritten(const Snapshot& first, const Snapshot& second) const;

  [[nodiscard]] const std::vector<Region>& regions() const noexcept { return regions_; }
  [[nodiscard]] Place& place(size_t number) noexcept { return places_[number]; }
  /// `output 0 "y", byte 4 (element 1)`.
  [[nodiscard]] std::string locate(const Difference& at) const;
  /// The element there, e.g. "3.5"; empty for types that are not told.
  [[nodiscard]] static std::string value(const kernel::TensorDesc& desc,
                                         std::span<const std::byte> bytes, size_t byte);
  /// "byte 4 (element 1)".
  [[nodiscard]] static std::string position(const Place& place, ptrdiff_t byte);

 private:
  void add(Place::Role role, size_t index, const std::string& name, const kernel::TensorDesc& desc,
           size_t bytes);
  void list_regions();
  void mark_elements(const kernel::TensorDesc& desc);
  [[nodiscard]] Place& output(size_t index) noexcept;
  [[nodiscard]] const Place& output(size_t index) const noexcept;
  [[nodiscard]] bool real(size_t output, size_t byte) const noexcept {
    return elements_[output].empty() || elements_[output][byte] != 0;
  }
  void load_input(Place& place) noexcept;
  std::string around(Place& place, const Paint& paint);
  [[nodiscard]] std::string inside(const Place& place) const;

  const Subject* subject_;
  std::vector<Place> places_;  ///< inputs, outputs, workspace
  std::vector<Region> regions_;
  size_t inputs_, outputs_;
  std::vector<std::vector<uint8_t>> elements_;  ///< an output with padding: 1 where an element lies
  std::vector<size_t> over_;                    ///< an output: the input it lies over; kNone
  std::vector<const void*> given_inputs_, input_pointers_;
  std::vector<void*> given_outputs_, output_pointers_;
  std::vector<kernel::TensorDesc> input_descs_, output_descs_;
  std::array<Snapshot, 3> rooms_;
  bool ok_ = true, other_ = false;
};

}  // namespace tenon::guard
