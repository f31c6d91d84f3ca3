// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Values that operators must know: constants, shapes in numbers, and what follows from these.
#pragma once

#include "importers/onnx/scope.h"

namespace tenon::onnx {

/// The numbers of `value`, alive as long as the session; null when only a run can know them. Small
/// values computed from constants are known if Options::evaluator can compute them.
const ops::ConstantData* known(Session& session, const ir::Value& value);

}  // namespace tenon::onnx
