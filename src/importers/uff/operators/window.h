// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The fields of sliding windows, which convolutions and poolings share.
#pragma once

#include "importers/uff/context.h"

namespace tenon::uff {

/// One entry a spatial axis.
struct Window {
  Dims kernel, strides, pads_begin, pads_end, dilations;
};

/// A list field with one entry of at least `least` a spatial axis; `otherwise` everywhere when it
/// is absent.
Result<Dims> read_per_axis(Context& node, std::string_view field, int spatial, int64_t otherwise,
                           int64_t least);

/// Reads strides, dilation, padding and implicit_padding for an input [N, C, spatial…] and a window
/// of `kernel`. Padding is the same on both sides; where implicit_padding is "same", such that the
/// output has ceil(extent / stride) elements, the odd one behind. Refuses the latter for dynamic
/// extents.
Result<Window> read_window(Context& node, const ir::Value& x, const Dims& kernel);

}  // namespace tenon::uff
