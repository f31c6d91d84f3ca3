// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Binary operators, with the broadcasting of every opset.
#pragma once

#include "importers/onnx/context.h"

namespace tenon::onnx {

/// The node as `kind` of its two inputs. From opset 7 on they broadcast as in NumPy; before, the
/// second is aligned by the attributes broadcast and axis.
Status import_element_wise(Context& node, ops::ElementWiseKind kind);

/// The form of import_element_wise that stands in tables.
template <ops::ElementWiseKind kind>
Status import_binary(Context& node) {
  return import_element_wise(node, kind);
}

/// The form of a unary operator that stands in tables.
template <ops::UnaryKind kind>
Status import_unary(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  return node.finish(ops::Unary{kind}, {node.in(0)});
}

}  // namespace tenon::onnx
