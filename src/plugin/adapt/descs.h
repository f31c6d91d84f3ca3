// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors as plugins see them.
#pragma once

#include <span>
#include <vector>

#include "NvInferRuntime.h"
#include "kernel/candidate.h"

namespace tenon::plugin {

/// Type, format and extents as they are. A type or format without counterpart becomes kFLOAT or
/// kLINEAR: it was refused before.
nvinfer1::PluginTensorDesc to_desc(const kernel::TensorDesc& tensor) noexcept;
/// The same for a list, in place: no memory is taken once `to` has been as long.
void to_descs(std::span<const kernel::TensorDesc> from,
              std::vector<nvinfer1::PluginTensorDesc>& to);
/// How far apart the elements along each axis lie, in elements, for a list, in place as above.
/// Where channels lie in vectors, their axis has the distance from one vector to the next.
void to_strides(std::span<const kernel::TensorDesc> from, std::vector<nvinfer1::Dims>& to);
/// The tensor over the profile's range; extents of `desc` that vary are -1.
nvinfer1::DynamicPluginTensorDesc to_dynamic_desc(const kernel::PortInfo& info,
                                                  const kernel::Port& port);

}  // namespace tenon::plugin
