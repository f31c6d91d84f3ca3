// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which layer class shows which operator.
#pragma once

#include <memory>

#include "api/infer/network/layer.h"

namespace tenon::api {

/// The view of a node: a layer of the class that its operator's row in ops.def names.
std::unique_ptr<LayerHandle> make_layer(Network& network, ir::Node& node);

}  // namespace tenon::api
