// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checks of optimization profiles.
#include "builder/profiles.h"

#include <algorithm>
#include <array>
#include <map>

namespace tenon::builder {

namespace {

/// A symbolic content is what makes an input a shape input.
bool is_shape_input(const ir::Value& input) { return input.type.content.has_value(); }

/// Checks one profile.
class Checker {
 public:
  Checker(const ir::Graph& graph, size_t number, Diagnostics& diag)
      : graph_(graph), number_(number), diag_(diag) {}

  Result<ProfileRanges> run(const ProfileRanges& given) {
    for (const InputRange& range : given.inputs) TENON_TRY(check_name(given, range));
    ProfileRanges complete;
    for (const ir::Value* input : graph_.inputs()) {
      const auto found =
          std::find_if(given.inputs.begin(), given.inputs.end(),
                       [&](const InputRange& range) { return range.input == input->name; });
      const bool missing = found == given.inputs.end();
      TENON_ASSIGN(InputRange range, missing ? fixed(*input) : Result<InputRange>(*found));
      TENON_TRY(check(*input, range));
      complete.inputs.push_back(std::move(range));
    }
    return complete;
  }

 private:
  Status check_name(const ProfileRanges& given, const InputRange& range) {
    std::string names;
    for (const ir::Value* input : graph_.inputs()) {
      if (input->name == range.input) {
        const auto same = [&](const InputRange& other) { return other.input == range.input; };
        if (std::count_if(given.inputs.begin(), given.inputs.end(), same) == 1) return {};
        return diag_.fail(Code::InvalidArgument, "profile {} gives input \"{}\" twice", number_,
                          range.input);
      }
      names += (names.empty() ? "\"" : ", \"") + input->name + "\"";
    }
    return diag_.fail(Code::InvalidArgument,
                      "profile {} gives a range for \"{}\", which is no network input; there are "
                      "{}",
                      number_, range.input, names.empty() ? "none" : names);
  }

  /// The range of an input that the profile leaves out.
  Result<InputRange> fixed(const ir::Value& input) {
    const std::optional<Dims> dims = expr::to_dims(input.shape());
    if (dims && !needs_values(input)) {
      return InputRange{input.name, *dims, *dims, *dims, {}, {}, {}};
    }
    if (!dims) {
      return diag_.fail(Code::InvalidArgument,
                        "input \"{}\" has shape {}, but profile {} gives no range for it: give "
                        "min, opt and max extents (--minShapes, --optShapes, --maxShapes)",
                        input.name, expr::to_string(input.shape(), graph_.symbols()), number_);
    }
    return diag_.fail(Code::InvalidArgument,
                      "input \"{}\" decides shapes by its content, but profile {} gives no values "
                      "for it: give min, opt and max values (IOptimizationProfile::setShapeValues; "
                      "--minShapes, --optShapes, --maxShapes)",
                      input.name, number_);
  }

  static bool needs_values(const ir::Value& input) {
    return is_shape_input(input) &&
           std::any_of(input.type.content->begin(), input.type.content->end(),
                       [](const expr::Expr& e) { return !e.is_constant(); });
  }

  Status check(const ir::Value& input, const InputRange& range) {
    const auto rank = static_cast<int>(input.shape().size());
    for (const Dims* dims : {&range.min, &range.opt, &range.max}) {
      if (dims->rank() == rank) continue;
      return diag_.fail(Code::InvalidArgument,
                        "input \"{}\" has {} axes, but profile {} gives {} for it", input.name,
                        rank, number_, to_string(*dims));
    }
    for (int axis = 0; axis < rank; ++axis) TENON_TRY(check_axis(input, range, axis));
    return check_values(input, range);
  }

  Status check_axis(const ir::Value& input, const InputRange& range, int axis) {
    const int64_t min = range.min[axis], opt = range.opt[axis], max = range.max[axis];
    if (min < 0 || min > opt || opt > max) {
      return diag_.fail(Code::InvalidArgument,
                        "axis {} of input \"{}\": profile {} gives min {}, opt {}, max {}; they "
                        "must rise and not be negative",
                        axis, input.name, number_, min, opt, max);
    }
    const expr::Expr& extent = input.shape()[static_cast<size_t>(axis)];
    if (extent.is_symbol()) return agree(extent, {min, opt, max}, input, axis);
    if (!extent.is_constant()) {
      return diag_.fail(Code::InvalidArgument,
                        "axis {} of input \"{}\" is {}: an input's extent must be a number or "
                        "one name",
                        axis, input.name, expr::to_string(extent, graph_.symbols()));
    }
    if (min == extent.constant() && max == extent.constant()) return {};
    return diag_.fail(Code::InvalidArgument,
                      "axis {} of input \"{}\" is always {}, but profile {} gives {} to {}", axis,
                      input.name, extent.constant(), number_, min, max);
  }

  /// Equal symbols are equal sizes: their ranges must be equal too.
  Status agree(const expr::Expr& symbol, const std::array<int64_t, 3>& range,
               const ir::Value& input, int axis) {
    const auto [seen, fresh] = ranges_.try_emplace(symbol.symbol_id(), Seen{range, &input, axis});
    if (fresh || seen->second.range == range) return {};
    const Seen& first = seen->second;
    return diag_.fail(Code::InvalidArgument,
                      "axis {} of input \"{}\" and axis {} of input \"{}\" are both {}, but "
                      "profile {} gives {} to {} (opt {}) for one and {} to {} (opt {}) for the "
                      "other: give both the same range",
                      first.axis, first.input->name, axis, input.name,
                      expr::to_string(symbol, graph_.symbols()), number_, first.range[0],
                      first.range[2], first.range[1], range[0], range[2], range[1]);
  }

  Status check_values(const ir::Value& input, const InputRange& range) {
    const size_t given = range.opt_values.size();
    const bool even = range.min_values.size() == given && range.max_values.size() == given;
    if (!is_shape_input(input)) {
      if (given == 0 && even) return {};
      return diag_.fail(Code::InvalidArgument,
                        "profile {} gives values for input \"{}\", which decides no shapes: give "
                        "extents only",
                        number_, input.name);
    }
    const size_t wanted = input.type.content->size();
    if (!even || (given != wanted && (given != 0 || needs_values(input)))) {
      return diag_.fail(Code::InvalidArgument,
                        "input \"{}\" decides shapes by its {} elements, but profile {} gives "
                        "{}/{}/{} min/opt/max values",
                        input.name, wanted, number_, range.min_values.size(), given,
                        range.max_values.size());
    }
    for (size_t i = 0; i < given; ++i) {
      if (range.min_values[i] > range.opt_values[i] || range.opt_values[i] > range.max_values[i]) {
        return diag_.fail(Code::InvalidArgument,
                          "element {} of input \"{}\": profile {} gives min {}, opt {}, max {}; "
                          "they must rise",
                          i, input.name, number_, range.min_values[i], range.opt_values[i],
                          range.max_values[i]);
      }
    }
    return {};
  }

  struct Seen {
    std::array<int64_t, 3> range;  ///< min, opt, max
    const ir::Value* input;
    int axis;
  };
  const ir::Graph& graph_;
  size_t number_;
  Diagnostics& diag_;
  std::map<expr::SymbolId, Seen> ranges_;
};

}  // namespace

Result<std::vector<ProfileRanges>> complete_profiles(const ir::Graph& graph,
                                                     const std::vector<ProfileRanges>& given,
                                                     Diagnostics& diag) {
  const std::vector<ProfileRanges> none(1);
  std::vector<ProfileRanges> complete;
  for (const ProfileRanges& profile : given.empty() ? none : given) {
    TENON_ASSIGN(ProfileRanges one, Checker(graph, complete.size(), diag).run(profile));
    complete.push_back(std::move(one));
  }
  return complete;
}

}  // namespace tenon::builder
