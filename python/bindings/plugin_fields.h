// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin fields that own what they point to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bind.h"

namespace tenon::python {

/// One field; keeps its name and data alive.
struct Field {
  std::string name;
  nvinfer1::PluginFieldType type = nvinfer1::PluginFieldType::kUNKNOWN;
  int32_t length = 0;      ///< elements of the buffer it was made from
  py::object owner;        ///< of `data`, when it came from Python
  std::vector<char> copy;  ///< the data, when it came from the engine
  const void* data = nullptr;
};

/// A list of fields, and the table of them that the interface wants.
class Fields {
 public:
  std::vector<std::shared_ptr<Field>> items;

  /// Copies what the engine shows during a call.
  static Fields copied(const nvinfer1::PluginFieldCollection* fields);
  /// The table of the present items; valid until the next call of view() or the end of this.
  const nvinfer1::PluginFieldCollection* view();

 private:
  std::vector<nvinfer1::PluginField> table_;
  nvinfer1::PluginFieldCollection view_{};
};

/// Makes a field of any object with a buffer, of text, or of nothing.
std::shared_ptr<Field> make_field(std::string name, const py::object& data,
                                  nvinfer1::PluginFieldType type);

}  // namespace tenon::python
