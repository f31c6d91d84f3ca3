// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Nodes that plugins make.
#pragma once

#include "importers/onnx/context.h"
#include "ops/foreign.h"

namespace tenon::onnx {

/// What a node asks a resolver for: name, version and namespace from its attributes plugin_version
/// and plugin_namespace, its other attributes as data, its shape inputs. Says in `diag` which
/// attributes cannot be handed on; fails for a malformed request.
Result<ops::ForeignRequest> make_request(Session& session, const wire::Node& node,
                                         std::string node_name, Diagnostics& diag);

/// Adds the plugin that `request` names as this node, fed with `inputs` (shape inputs moved to the
/// end). The resolver explains a failure.
Status import_plugin(Context& node, const ops::ForeignRequest& request,
                     const std::vector<ir::Value*>& inputs);

}  // namespace tenon::onnx
