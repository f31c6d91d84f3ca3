// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Decoding a model for a number.
#include "importers/onnx/count_nodes.h"

#include "importers/onnx/wire.h"

namespace tenon::onnx {

Result<size_t> count_nodes(std::span<const std::byte> model, Diagnostics& diag) {
  wire::Model decoded;
  TENON_TRY(wire::decode_model(model, decoded, diag));
  return decoded.graph ? decoded.graph->nodes.size() : 0;
}

}  // namespace tenon::onnx
