// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an engine keeps so that its weights can be replaced, or so that it can be checked: the
// network as it went into the passes, the settings, and every time the choice was made from.
// Replacing weights is building again from these, without measuring: the same kernels, and bit for
// bit the weights that a new build packs. So is checking a safe engine, whose weights stay as they
// are.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "builder/builder.h"
#include "builder/foreign_record.h"
#include "ir/evaluator.h"
#include "ops/constant_data.h"

namespace tenon::builder {

/// One constant of the kept network.
struct RefitConstant {
  DType dtype = DType::F32;
  Dims dims;
  ops::ConstantRef data;    ///< null: left out of the engine, and not given yet
  uint64_t digest = 0;      ///< of the numbers the engine was built with
  bool refittable = false;  ///< has an entry in RefitRecord::names
};

/// The content of an engine's refit section, or of a safe engine's network section. A value; copies
/// share the numbers.
class RefitRecord {
 public:
  /// Notes a network and how it is built. `config` has Refit other than None or is of a safe build,
  /// and names existing constants. Fails, naming it, where something cannot be kept.
  static Result<RefitRecord> of(const ir::Graph& graph, const std::vector<ProfileRanges>& profiles,
                                const BuildConfig& config, Diagnostics& diag);
  /// Reads what write() wrote, trusting nothing; numbers are views of `bytes`, which `owner` keeps
  /// alive. Fails with InvalidPlan, or Unsupported for another version of these bytes.
  static Result<RefitRecord> read(std::span<const std::byte> bytes,
                                  const std::shared_ptr<const void>& owner, Diagnostics& diag);
  /// Equal records give equal bytes. Without weights, those that can be replaced are left out; in
  /// mode Identical they always are. Of a safe engine all are kept.
  [[nodiscard]] Bytes write(bool with_weights) const;

  [[nodiscard]] Refit mode() const noexcept { return mode_; }
  /// The machine that the noted build was for.
  [[nodiscard]] const device::Target& target() const noexcept { return settings_.target; }
  [[nodiscard]] const std::vector<RefitConstant>& constants() const noexcept { return constants_; }
  /// Names of refittable constants, and which constant each means.
  struct Name {
    RefittableWeights names;
    uint32_t constant = 0;
  };
  [[nodiscard]] const std::vector<Name>& names() const noexcept { return names_; }

  /// Replaces a constant's numbers; type and extents stay. The caller has checked both.
  void set(uint32_t constant, ops::ConstantRef data) {
    constants_[constant].data = std::move(data);
  }

  /// Done by the builder at the end of its work.
  void note_times(const tune::TimingCache& used) { times_ = used.save(); }
  void note_foreign(std::vector<ForeignRecord> foreign) { foreign_ = std::move(foreign); }

  /// The plan for the numbers there are now, none of which may be missing; `target` is the engine's
  /// own. Nothing is measured.
  Result<plan::Plan> build(const kernel::Registry& registry, tune::ReformatSource& reformats,
                           ir::Evaluator& evaluator, const device::Target& target,
                           Diagnostics& diag) const;

 private:
  void write_settings(ByteWriter& writer) const;
  /// The record with this one's numbers wherever both know a name.
  Status share_numbers(RefitRecord& region, Diagnostics& diag) const;
  /// The record of a loop or conditional, whose regions are built again.
  Result<ForeignRecord> rebuilt(ForeignRecord noted, const kernel::Registry& registry,
                                tune::ReformatSource& reformats, ir::Evaluator& evaluator,
                                const device::Target& target, Diagnostics& diag) const;
  Status read_parts(ByteReader& reader, const std::shared_ptr<const void>& owner);

  Refit mode_ = Refit::None;
  BuildConfig settings_;  ///< without cache, progress and evaluator
  Bytes network_, times_;
  /// Those of the network, in its order, then those that are inside of regions alone.
  std::vector<RefitConstant> constants_;
  std::vector<Name> names_;
  std::vector<ForeignRecord> foreign_;
};

}  // namespace tenon::builder
