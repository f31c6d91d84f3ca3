// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checks, windows and content that rules share.
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

std::string text(const Inference& inference, const expr::Shape& shape) {
  return expr::to_string(shape, inference.symbols);
}

Status expect_inputs(Inference& inference, size_t required, size_t most) {
  const size_t count = inference.inputs.size();
  if (count < required || count > most) {
    return inference.diag.fail(
        Code::InvalidModel, "has {} inputs, but takes {}", count,
        required == most ? fmt::format("{}", most) : fmt::format("{} to {}", required, most));
  }
  for (size_t i = 0; i < required; ++i) {
    if (!inference.has(i)) {
      return inference.diag.fail(Code::InvalidModel, "input {} is absent, but it is not optional",
                                 i);
    }
  }
  return {};
}

Status expect_same_type(Inference& inference, std::initializer_list<size_t> positions) {
  const size_t first = *positions.begin();
  for (const size_t i : positions) {
    if (!inference.has(i) || inference.in(i).dtype == inference.in(first).dtype) continue;
    return inference.diag.fail(
        Code::InvalidModel,
        "input {} is {} and input {} is {}, but they must be of one type: cast one of them", first,
        to_string(inference.in(first).dtype), i, to_string(inference.in(i).dtype));
  }
  return {};
}

Status expect_type(Inference& inference, size_t i, bool accepted, const char* wanted) {
  if (accepted) return {};
  return inference.diag.fail(Code::InvalidModel, "input {} is {}, but must be {}", i,
                             to_string(inference.in(i).dtype), wanted);
}

Status expect_floating(Inference& inference, size_t i) {
  return expect_type(inference, i, is_floating(inference.in(i).dtype), "of a floating type");
}

Status expect_axis(Inference& inference, int64_t axis, size_t rank) {
  if (axis >= 0 && static_cast<uint64_t>(axis) < rank) return {};
  return inference.diag.fail(Code::InvalidModel, "axis {} is not an axis of an input of rank {}",
                             axis, rank);
}

Status expect_ascending_axes(Inference& inference, const Dims& axes, size_t rank) {
  int64_t previous = -1;
  for (const int64_t axis : axes) {
    TENON_TRY(expect_axis(inference, axis, rank));
    if (axis <= previous) {
      return inference.diag.fail(Code::InvalidModel, "axes must ascend, but {} follows {}", axis,
                                 previous);
    }
    previous = axis;
  }
  return {};
}

Status expect_bias(Inference& inference, size_t i, const expr::Expr& channels) {
  if (!inference.has(i)) return {};
  const expr::Shape& bias = inference.in(i).shape;
  if (bias.size() == 1 && can_equal(bias[0], channels)) return {};
  return inference.diag.fail(
      Code::InvalidModel, "the bias has shape {}, but must be a vector of the {} output channels",
      text(inference, bias), expr::to_string(channels, inference.symbols));
}

Status expect_activation(const Activation& op, DType type, Inference& inference) {
  const bool any_number = op.kind == ActivationKind::None || op.kind == ActivationKind::Relu ||
                          op.kind == ActivationKind::Clip;
  if (!is_floating(type) && !(any_number && is_number(type)) && op.kind != ActivationKind::None) {
    return inference.diag.fail(Code::InvalidModel, "{} cannot be computed on {}: cast to f32 first",
                               to_string(op.kind), to_string(type));
  }
  if (op.kind == ActivationKind::Celu && op.alpha == 0) {
    return inference.diag.fail(Code::InvalidModel, "celu divides by alpha, which is 0");
  }
  return {};
}

bool broadcasts_to(const expr::Shape& from, const expr::Shape& to) {
  if (from.size() > to.size()) return false;
  const size_t lead = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (!(from[i] == Expr(1)) && !can_equal(from[i], to[lead + i])) return false;
  }
  return true;
}

namespace {

Status expect_entries(const char* what, const Dims& dims, int count, int64_t least,
                      Inference& inference) {
  if (dims.rank() != count) {
    return inference.diag.fail(Code::InvalidModel,
                               "{} has {} entries, but the input has {} spatial "
                               "axes",
                               what, dims.rank(), count);
  }
  for (const int64_t value : dims) {
    if (value < least) {
      return inference.diag.fail(Code::InvalidModel, "{} holds {}, but must be at least {}", what,
                                 value, least);
    }
    if (value > INT32_MAX) {
      return inference.diag.fail(Code::InvalidModel, "{} holds {}, which is too large", what,
                                 value);
    }
  }
  return {};
}

int64_t span_of(const Window& window, int i) {
  return (window.kernel[i] - 1) * window.dilations[i] + 1;
}

}  // namespace

Status expect_window(const Window& window, const expr::Shape& input, Inference& inference) {
  if (input.size() < 3 || input.size() > 5) {
    return inference.diag.fail(Code::InvalidModel,
                               "input 0 has shape {}, but must be [N, C, spatial…] with 1 to 3 "
                               "spatial axes",
                               text(inference, input));
  }
  const int spatial = static_cast<int>(input.size()) - 2;
  TENON_TRY(expect_entries("kernel", window.kernel, spatial, 1, inference));
  TENON_TRY(expect_entries("strides", window.strides, spatial, 1, inference));
  TENON_TRY(expect_entries("pads_begin", window.pads_begin, spatial, 0, inference));
  TENON_TRY(expect_entries("pads_end", window.pads_end, spatial, 0, inference));
  TENON_TRY(expect_entries("dilations", window.dilations, spatial, 1, inference));
  for (int i = 0; i < spatial; ++i) {
    const Expr padded =
        input[static_cast<size_t>(i) + 2] + window.pads_begin[i] + window.pads_end[i];
    if (padded.is_constant() && padded.constant() < span_of(window, i)) {
      return inference.diag.fail(Code::InvalidModel,
                                 "the window spans {} elements of spatial axis {}, but the padded "
                                 "input has only {}",
                                 span_of(window, i), i, padded.constant());
    }
  }
  return {};
}

Expr window_count(const Window& window, int i, const Expr& extent, bool ceil) {
  const Expr before = extent + window.pads_begin[i];
  const Expr room = before + (window.pads_end[i] - span_of(window, i));
  if (!ceil) return expr::floor_div(room, window.strides[i]) + 1;
  return expr::min(expr::ceil_div(room, window.strides[i]) + 1,
                   expr::ceil_div(before, window.strides[i]));
}

std::optional<Content> content_of(const ConstantData& data) {
  const bool whole = !is_floating(data.dtype()) && !is_storage(data.dtype());
  if (!whole || data.count() > kMaxContent) return std::nullopt;
  Content content;
  for (int64_t i = 0; i < data.count(); ++i) content.emplace_back(data.integer(i));
  return content;
}

std::optional<Content> spread(const Content& content, const expr::Shape& from,
                              const expr::Shape& to) {
  const auto source = expr::to_dims(from), target = expr::to_dims(to);
  if (!source || !target || source->rank() > target->rank()) return std::nullopt;
  const int64_t count = target->volume();
  if (count < 0 || count > kMaxContent) return std::nullopt;
  const int lead = target->rank() - source->rank();
  const Dims source_strides = row_major_strides(*source), strides = row_major_strides(*target);
  Content result;
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = 0;
    for (int axis = lead; axis < target->rank(); ++axis) {
      if ((*source)[axis - lead] == 1) continue;
      at += i / strides[axis] % (*target)[axis] * source_strides[axis - lead];
    }
    result.push_back(content[static_cast<size_t>(at)]);
  }
  return result;
}

}  // namespace tenon::ops
