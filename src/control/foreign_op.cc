// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types of a region's outputs, said in the symbols of the network around it.
#include "control/foreign_op.h"

#include <algorithm>

#include "control/candidate.h"
#include "ir/text.h"

namespace tenon::control {

namespace {

using expr::Expr;
using ops::Inference;
using ops::TensorType;

/// The extents of one region in terms of the node's inputs.
class RegionTypes {
 public:
  RegionTypes(const ir::Graph& region, Inference& inference)
      : region_(region), inference_(inference) {}

  /// Learns what the symbols of the region stand for.
  Status bind(const Program& program, const std::vector<Feed>& feeds) {
    for (size_t i = 0; i < feeds.size(); ++i) {
      const TensorType& inside = region_.inputs()[i]->type;
      const Feed& feed = feeds[i];
      const uint32_t index = feed.from == From::Slice   ? program.slices[feed.index].input
                             : feed.from == From::State ? program.states[feed.index].initial
                                                        : feed.index;
      expr::Shape outside = inference_.in(index).shape;
      if (feed.from == From::Slice)
        outside.erase(outside.begin() + program.slices[feed.index].axis);
      bool fits =
          inference_.in(index).dtype == inside.dtype && outside.size() == inside.shape.size();
      for (size_t axis = 0; fits && axis < outside.size(); ++axis) {
        const Expr& extent = inside.shape[axis];
        if (extent.is_symbol()) {
          outside_.try_emplace(extent.symbol_id(), outside[axis]);
        } else {
          fits = !outside[axis].is_constant() || outside[axis] == extent;
        }
      }
      if (fits) continue;
      return inference_.diag.fail(
          Code::InvalidModel, "\"{}\" is {}{} inside, but {}{} outside", region_.inputs()[i]->name,
          to_string(inside.dtype), expr::to_string(inside.shape, region_.symbols()),
          to_string(inference_.in(index).dtype), expr::to_string(outside, inference_.symbols));
    }
    return {};
  }

  /// The extent as it is outside; `told` becomes true where only a run of the region knows it,
  /// which then is the greatest.
  Expr outside(const Expr& extent, bool& told) const {
    return expr::substitute(extent, [&](expr::SymbolId id) {
      const auto found = outside_.find(id);
      if (found != outside_.end()) return found->second;
      told = true;
      const std::optional<Expr>& upper = region_.symbols()[id].upper;
      return upper ? outside(*upper, told) : Expr(0);
    });
  }

  /// The shape of output `i`; fails where only a run knows it.
  Result<expr::Shape> known(size_t i, const char* what) const {
    expr::Shape shape;
    for (const Expr& extent : region_.outputs()[i]->shape()) {
      bool told = false;
      shape.push_back(outside(extent, told));
      if (!told) continue;
      return inference_.diag.fail(
          Code::Unsupported,
          "{} has shape {} inside, which only a run knows: give it a shape "
          "that does not change",
          what, expr::to_string(region_.outputs()[i]->shape(), region_.symbols()));
    }
    return shape;
  }

 private:
  const ir::Graph& region_;
  Inference& inference_;
  std::map<expr::SymbolId, Expr> outside_;
};

}  // namespace

ControlOp::ControlOp(std::string name, Program program,
                     std::vector<std::unique_ptr<ir::Graph>> regions,
                     std::shared_ptr<const Services> services)
    : name_(std::move(name)),
      program_(std::move(program)),
      regions_(std::move(regions)),
      services_(std::move(services)) {
  for (const auto& region : regions_) {
    for (const auto& node : region->nodes()) {
      const auto* foreign = node->as<ops::Foreign>();
      if (foreign == nullptr || foreign->op->id().name.empty()) continue;
      id_.name += (id_.name.empty() ? "" : "+") + foreign->op->id().name;
    }
  }
  if (!id_.name.empty()) id_.version = "1";
}

std::string_view ControlOp::role(size_t region) const noexcept {
  constexpr std::string_view kRoles[2][2] = {{"then", "else"}, {"body", "while"}};
  return kRoles[program_.kind == Kind::Loop ? 1 : 0][region];
}

std::shared_ptr<ops::ForeignOp> ControlOp::clone() const {
  std::vector<std::unique_ptr<ir::Graph>> regions;
  for (const auto& region : regions_) {
    CollectingSink sink;
    Diagnostics diag(sink);
    auto copy = region->clone(diag);
    if (!copy.ok()) return nullptr;
    regions.push_back(std::move(*copy));
  }
  auto made = std::make_shared<ControlOp>(name_, program_, std::move(regions), services_);
  made->sizes_ = sizes_;
  made->settled_ = settled_;
  return made;
}

std::string ControlOp::describe() const {
  std::string text;
  for (size_t i = 0; i < regions_.size(); ++i) {
    text += fmt::format("{}:\n{}", role(i), ir::print(*regions_[i]));
  }
  return text;
}

Status ControlOp::infer(Inference& inference) {
  sizes_.clear();
  return program_.kind == Kind::Loop ? infer_loop(inference) : infer_conditional(inference);
}

Status ControlOp::infer_loop(Inference& inference) {
  std::vector<Output>& outputs = program_.outputs;
  RegionTypes body(*regions_[0], inference);
  TENON_TRY(body.bind(program_, program_.feeds[0]));
  for (size_t i = 0; i < program_.states.size(); ++i) {
    const TensorType& first = inference.in(program_.states[i].initial);
    const ir::Value& next = *regions_[0]->outputs()[program_.states[i].next];
    TENON_ASSIGN(const expr::Shape shape, body.known(program_.states[i].next, "a recurrence"));
    if (first.dtype == next.dtype() && first.shape == shape) continue;
    return inference.diag.fail(
        Code::Unsupported,
        "the recurrence of \"{}\" begins as {}{}, but comes round as {}{}: both must be equal",
        next.name, to_string(first.dtype), expr::to_string(first.shape, inference.symbols),
        to_string(next.dtype()), expr::to_string(shape, inference.symbols));
  }
  const bool open = std::any_of(outputs.begin(), outputs.end(),
                                [](const Output& output) { return output.exact; });
  if (!settled_ && open) outputs.push_back({Gives::Trips});
  settled_ = true;
  for (const Output& output : outputs) {
    if (output.gives == Gives::Trips) {
      inference.out(DType::I64, {});
      continue;
    }
    if (output.gives == Gives::State) {
      const TensorType& first = inference.in(program_.states[output.source].initial);
      inference.out(first.dtype, first.shape);
      continue;
    }
    TENON_ASSIGN(expr::Shape shape, body.known(output.source, "an output of a loop"));
    if (output.gives != Gives::Value) {
      const auto& content = inference.in(output.length).content;
      if (!content || content->size() != 1) {
        return inference.diag.fail(Code::Unsupported,
                                   "the length of an output of the loop follows from no shape");
      }
      Expr length = content->front();
      if (output.exact) {
        length = inference.symbols.data_dependent("trips", length, length);
        sizes_.push_back({length.symbol_id(), outputs.size() - 1});
      }
      shape.insert(shape.begin() + output.axis, length);
    }
    inference.out(regions_[0]->outputs()[output.source]->dtype(), std::move(shape));
  }
  return {};
}

Status ControlOp::infer_conditional(Inference& inference) {
  RegionTypes holds(*regions_[0], inference), fails(*regions_[1], inference);
  TENON_TRY(holds.bind(program_, program_.feeds[0]));
  TENON_TRY(fails.bind(program_, program_.feeds[1]));
  std::vector<Output>& outputs = program_.outputs;
  // The first time decides which extents are told, so that the number of outputs stays.
  std::vector<Output> extents;
  for (const Output& output : outputs) {
    if (output.gives == Gives::Extent) extents.push_back(output);
  }
  const size_t taken = outputs.size() - extents.size();
  for (size_t i = 0; i < taken; ++i) {
    const ir::Value& a = *regions_[0]->outputs()[i];
    const ir::Value& b = *regions_[1]->outputs()[i];
    if (a.dtype() != b.dtype() || a.shape().size() != b.shape().size()) {
      return inference.diag.fail(Code::Unsupported,
                                 "output {} is {} of rank {} or {} of rank {}: both branches must "
                                 "give one type and rank",
                                 i, to_string(a.dtype()), a.shape().size(), to_string(b.dtype()),
                                 b.shape().size());
    }
    expr::Shape shape;
    for (uint32_t axis = 0; axis < a.shape().size(); ++axis) {
      bool told = false;
      const Expr x = holds.outside(a.shape()[axis], told);
      const Expr y = fails.outside(b.shape()[axis], told);
      const auto is_this = [&](const Output& one) { return one.source == i && one.axis == axis; };
      auto teller = std::find_if(extents.begin(), extents.end(), is_this);
      if (!settled_ && (told || !(x == y))) {
        teller = extents.insert(extents.end(), {Gives::Extent, static_cast<uint32_t>(i), axis});
      }
      if (teller == extents.end()) {
        if (told || !(x == y)) {
          return inference.diag.fail(Code::Internal, "extent {} of output {} is not told", axis, i);
        }
        shape.push_back(x);
        continue;
      }
      const Expr most = expr::max(x, y);
      shape.push_back(inference.symbols.data_dependent("taken", most, most));
      sizes_.push_back(
          {shape.back().symbol_id(), taken + static_cast<size_t>(teller - extents.begin())});
    }
    inference.out(a.dtype(), std::move(shape));
  }
  if (!settled_) outputs.insert(outputs.end(), extents.begin(), extents.end());
  settled_ = true;
  for (size_t i = taken; i < outputs.size(); ++i) inference.out(DType::I64, {});
  return {};
}

void ControlOp::candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics&,
                           std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  out.push_back(std::make_unique<ControlCandidate>(*this, node, target));
}

ops::ConstantRef inner_constant(const ir::Graph& graph, std::string_view value) {
  for (const auto& node : graph.nodes()) {
    const auto* foreign = node->as<ops::Foreign>();
    const auto* control =
        foreign == nullptr ? nullptr : dynamic_cast<const ControlOp*>(foreign->op.get());
    for (size_t i = 0; control != nullptr && i < control->region_count(); ++i) {
      const ir::Graph& region = control->region(i);
      const ir::Value* found = region.find_value(std::string(value));
      const bool made = found != nullptr && found->producer() != nullptr;
      if (const auto* constant = made ? found->producer()->as<ops::Constant>() : nullptr) {
        return constant->data;
      }
      if (ops::ConstantRef deeper = inner_constant(region, value)) return deeper;
    }
  }
  return nullptr;
}

}  // namespace tenon::control
