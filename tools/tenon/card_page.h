// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A card as text, as JSON and as a drawing.
#pragma once

#include <string>

#include "tools/tenon/card_run.h"

namespace tenon::command {

/// Lines for people.
std::string text_of(const Card& card);
/// One document. Keys:
///   engine, data, examples, accuracy, reference_accuracy, lost_points, output {name, sqnr_db},
///   tensors [{name, stands_for, type, scale, zero, source, greatest, saturated, grid_sqnr_db,
///   engine_sqnr_db}], notes. What is not known is null; an SQNR without noise is "exact".
std::string json_of(const Card& card);
/// SVG: a bar a tensor for its SQNR, saturation beside it.
std::string drawing_of(const Card& card);

}  // namespace tenon::command
