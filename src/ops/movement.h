// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that move elements and compute nothing.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// The same elements in shape `target`, whose volume equals the input's. Importers have already
/// resolved 0 and −1. Source: ONNX operators Reshape, Flatten, Squeeze, Unsqueeze.
struct Reshape {
  expr::Shape target;
  static constexpr auto fields() { return std::tuple{Field{"target", &Reshape::target}}; }
};
Status infer(const Reshape& op, Inference& inference);

/// Output axis i is input axis perm[i].
struct Transpose {
  Dims perm;
  static constexpr auto fields() { return std::tuple{Field{"perm", &Transpose::perm}}; }
};
Status infer(const Transpose& op, Inference& inference);

/// Joins any number of inputs along `axis` (0 … rank−1).
struct Concat {
  int64_t axis = 0;
  static constexpr auto fields() { return std::tuple{Field{"axis", &Concat::axis}}; }
};
Status infer(const Concat& op, Inference& inference);

/// Element i of an axis is input element starts + i · steps, for sizes elements. One entry for
/// every axis; steps may be negative, never zero. Starts are in range.
struct Slice {
  expr::Shape starts, sizes;
  Dims steps;
  static constexpr auto fields() {
    return std::tuple{Field{"starts", &Slice::starts}, Field{"sizes", &Slice::sizes},
                      Field{"steps", &Slice::steps}};
  }
};
Status infer(const Slice& op, Inference& inference);

/// Inputs: data, indices (i32 or i64; negative ones count from the end). Output shape: data's with
/// `axis` replaced by the shape of indices. An index out of range fails the run. The first
/// `batch_dims` axes, at most `axis`, are those of both: each entry has indices of its own. Source:
/// ONNX Gather.
struct Gather {
  int64_t axis = 0, batch_dims = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"axis", &Gather::axis}, Field{"batch_dims", &Gather::batch_dims}};
  }
};
Status infer(const Gather& op, Inference& inference);

/// Broadcasts the input to `target` (the final shape, resolved by importers). Source: ONNX Expand.
struct Expand {
  expr::Shape target;
  static constexpr auto fields() { return std::tuple{Field{"target", &Expand::target}}; }
};
Status infer(const Expand& op, Inference& inference);

/// Adds (or with negative numbers cuts) elements around every axis. Source: ONNX operator Pad.
struct Pad {
  Dims begin, end;
  PadMode mode = PadMode::Constant;
  float value = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"begin", &Pad::begin}, Field{"end", &Pad::end},
                      Field{"mode", &Pad::mode}, Field{"value", &Pad::value}};
  }
};
Status infer(const Pad& op, Inference& inference);

/// Converts elements as C++ static_cast does; to bool: non-zero.
struct Cast {
  DType to = DType::F32;
  static constexpr auto fields() { return std::tuple{Field{"to", &Cast::to}}; }
};
Status infer(const Cast& op, Inference& inference);

struct Identity {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const Identity& op, Inference& inference);

/// The extents of the input as an i64 vector; its content is always known.
struct Shape {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const Shape& op, Inference& inference);

/// A tensor known at build time.
struct Constant {
  ConstantRef data;
  static constexpr auto fields() { return std::tuple{Field{"data", &Constant::data}}; }
};
Status infer(const Constant& op, Inference& inference);

}  // namespace tenon::ops
