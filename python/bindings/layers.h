// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How layer classes are bound.
#pragma once

#include "bind.h"
#include "weights.h"

namespace tenon::python {

/// A layer class: belongs to its network, and all of one memory layout in Python, so that programs
/// may assign layer.__class__.
template <class Layer, class Base = nvinfer1::ILayer>
class LayerClass : public py::class_<Layer, Base, Borrowed<Layer>> {
 public:
  using py::class_<Layer, Base, Borrowed<Layer>>::class_;
};

template <class Layer>
void bind_plain_layer(py::module_& m, const char* name, const char* doc) {
  LayerClass<Layer>(m, name, doc);
}

}  // namespace tenon::python
