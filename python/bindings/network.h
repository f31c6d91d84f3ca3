// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The network class, bound in several files.
#pragma once

#include <vector>

#include "call.h"
#include "lifetime.h"

namespace tenon::python {

using NetworkClass = py::class_<nvinfer1::INetworkDefinition>;
using nvinfer1::INetworkDefinition;
using nvinfer1::ITensor;
using Tensors = std::vector<ITensor*>;

constexpr auto kOfNetwork = py::return_value_policy::reference_internal;

inline int32_t count(const Tensors& tensors) { return static_cast<int32_t>(tensors.size()); }

/// Adds a method that makes a layer by one call; a refusal raises RuntimeError with the reason.
/// `Extra`: names and defaults of the arguments, and what they are to keep alive.
template <class Layer, class... Arguments, class... Extra>
void add_method(NetworkClass& bound, const char* name,
                Layer* (INetworkDefinition::*make)(Arguments...), const Extra&... extra) {
  bound.def(
      name,
      [name, make](INetworkDefinition& self, Arguments... arguments) {
        return demanded(name, [&] { return (self.*make)(arguments...); });
      },
      extra..., kOfNetwork);
}

void add_element_layers(NetworkClass& bound);
void add_weight_layers(NetworkClass& bound);
void add_movement_layers(NetworkClass& bound);
void add_reduce_layers(NetworkClass& bound);
void add_other_layers(NetworkClass& bound);
void add_plugins(NetworkClass& bound);

}  // namespace tenon::python
