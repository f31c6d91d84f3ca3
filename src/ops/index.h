// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that look for elements, and that read or write them by their indices.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// The `k` (one extent) greatest or smallest elements along `axis`, in that order, and their
/// indices. Of equal elements the first counts more, with `last` the last. Source: ONNX operators
/// TopK, ArgMax and ArgMin.
struct TopK {
  expr::Shape k{expr::Expr(1)};
  int64_t axis = 0;
  bool largest = true, last = false;
  DType indices = DType::I64;
  static constexpr auto fields() {
    return std::tuple{Field{"k", &TopK::k}, Field{"axis", &TopK::axis},
                      Field{"largest", &TopK::largest}, Field{"last", &TopK::last},
                      Field{"indices", &TopK::indices}};
  }
};
Status infer(const TopK& op, Inference& inference);

/// Indices of all elements that are not zero, [rank, count] in row-major order. Output 1 is the
/// count, known only at run time. Source: ONNX operator NonZero.
struct NonZero {
  DType indices = DType::I64;
  static constexpr auto fields() { return std::tuple{Field{"indices", &NonZero::indices}}; }
};
Status infer(const NonZero& op, Inference& inference);

/// Inputs: data, indices (i32 or i64, negative ones count from the end), updates. A copy of data in
/// which updates are put, or combined with what is there, in row-major order. An index out of range
/// fails the run. Source: ONNX operators ScatterElements and ScatterND.
struct Scatter {
  ScatterMode mode = ScatterMode::Elements;
  int64_t axis = 0;  ///< of elements
  ScatterReduction reduction = ScatterReduction::None;
  static constexpr auto fields() {
    return std::tuple{Field{"mode", &Scatter::mode}, Field{"axis", &Scatter::axis},
                      Field{"reduction", &Scatter::reduction}};
  }
};
Status infer(const Scatter& op, Inference& inference);

/// Inputs: data, indices as for Gather, of the same rank. The output has the shape of indices, each
/// element from its own place but for `axis`. Source: ONNX operator GatherElements.
struct GatherElements {
  int64_t axis = 0;
  static constexpr auto fields() { return std::tuple{Field{"axis", &GatherElements::axis}}; }
};
Status infer(const GatherElements& op, Inference& inference);

/// Inputs: data, indices whose last axis holds tuples of indices into the axes of data behind the
/// first `batch_dims`, which both share. Source: ONNX operator GatherND.
struct GatherNd {
  int64_t batch_dims = 0;
  static constexpr auto fields() { return std::tuple{Field{"batch_dims", &GatherNd::batch_dims}}; }
};
Status infer(const GatherNd& op, Inference& inference);

/// Inputs: indices (i32 or i64), values [off, on], and optionally a depth that `depth` (one extent)
/// speaks for. Along the new axis `axis` an element is on at its index; an index out of range is
/// nowhere. Source: ONNX operator OneHot.
struct OneHot {
  int64_t axis = 0;
  expr::Shape depth{expr::Expr(1)};
  static constexpr auto fields() {
    return std::tuple{Field{"axis", &OneHot::axis}, Field{"depth", &OneHot::depth}};
  }
};
Status infer(const OneHot& op, Inference& inference);

/// Inputs: x, lengths [batch] (i32 or i64). The first lengths[b] elements along `sequence_axis` of
/// entry b of `batch_axis` in reverse order. Source: ONNX operator ReverseSequence.
struct ReverseSequence {
  int64_t batch_axis = 1, sequence_axis = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"batch_axis", &ReverseSequence::batch_axis},
                      Field{"sequence_axis", &ReverseSequence::sequence_axis}};
  }
};
Status infer(const ReverseSequence& op, Inference& inference);

/// The different slices along `axis`, with `flat` the different elements: sorted, or in the order
/// in which they come first. Outputs: these, the index of the first of each, for each slice the
/// place of its equal, how often each occurs, and their number, known only at run time. Source:
/// ONNX operator Unique.
struct Unique {
  bool sorted = true, flat = true;
  int64_t axis = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"sorted", &Unique::sorted}, Field{"flat", &Unique::flat},
                      Field{"axis", &Unique::axis}};
  }
};
Status infer(const Unique& op, Inference& inference);

}  // namespace tenon::ops
