// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A loop or a conditional as one operator of a network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/program.h"
#include "ir/graph.h"
#include "kernel/candidate.h"
#include "kernel/loader.h"

namespace tenon::control {

/// Extents that a region's input may have.
struct InputRange {
  Dims min, opt, max;
};

/// What building a region takes, handed in by api. Used while a network is built.
struct Services {
  /// The engine file of `region`, which is changed; one range an input.
  std::function<Result<Bytes>(ir::Graph& region, const std::vector<InputRange>& ranges,
                              Diagnostics& diag)>
      build;
  /// Loads the kernels of such engines.
  const kernel::LoaderTable* loaders = nullptr;
};

/// Owns the regions' graphs. Their symbols are their own: each is an extent of an input of the
/// region, or a size known only at run time.
class ControlOp final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  /// `regions`: one for each list of feeds of `program`, inputs in their order. Outputs of the
  /// program that tell extents or trips are added by the first infer() where they are needed.
  ControlOp(std::string name, Program program, std::vector<std::unique_ptr<ir::Graph>> regions,
            std::shared_ptr<const Services> services);

  [[nodiscard]] const Program& program() const noexcept { return program_; }
  [[nodiscard]] const ir::Graph& region(size_t i) const noexcept { return *regions_[i]; }
  [[nodiscard]] size_t region_count() const noexcept { return regions_.size(); }
  [[nodiscard]] const Services& services() const noexcept { return *services_; }
  /// "then", "else", "body", "while".
  [[nodiscard]] std::string_view role(size_t region) const noexcept;

  /// The plugins inside, joined by "+"; without a name where there are none.
  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  [[nodiscard]] std::string_view family() const noexcept override { return "control"; }
  [[nodiscard]] size_t output_count() const noexcept override { return program_.outputs.size(); }
  Status infer(ops::Inference& inference) override;
  [[nodiscard]] size_t shape_input_count() const noexcept override { return 0; }
  [[nodiscard]] std::vector<ops::SizeTensor> size_tensors() const override { return sizes_; }
  [[nodiscard]] std::shared_ptr<ForeignOp> clone() const override;
  /// The regions as text.
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }

  [[nodiscard]] std::string_view name() const noexcept override { return "control"; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;

 private:
  Status infer_loop(ops::Inference& inference);
  Status infer_conditional(ops::Inference& inference);

  std::string name_;
  Program program_;
  std::vector<std::unique_ptr<ir::Graph>> regions_;
  std::shared_ptr<const Services> services_;
  ops::PluginId id_;
  std::vector<ops::SizeTensor> sizes_;
  bool settled_ = false;  ///< which outputs there are is decided
};

/// The constant called `value` inside the loops and conditionals of `graph`, however deep; null
/// where there is none.
ops::ConstantRef inner_constant(const ir::Graph& graph, std::string_view value);

}  // namespace tenon::control
