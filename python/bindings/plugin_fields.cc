// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin fields and collections of them.
#include "plugin_fields.h"

#include <limits>

namespace tenon::python {

namespace {

using nvinfer1::PluginFieldType;

/// Size of an element and its NumPy type; null where NumPy has none.
struct Element {
  size_t bits;
  const char* numpy;
};

Element element_of(PluginFieldType type) {
  constexpr Element kElements[] = {
      {16, "float16"}, {32, "float32"}, {64, "float64"}, {8, "int8"},
      {16, "int16"},   {32, "int32"},   {8, "int8"},     {8 * sizeof(nvinfer1::Dims), nullptr},
      {8, "uint8"},    {16, nullptr},   {64, "int64"},   {8, nullptr},
      {4, nullptr},    {4, nullptr}};
  return kElements[static_cast<size_t>(type)];
}

size_t byte_count(const Field& field) {
  return (static_cast<size_t>(field.length) * element_of(field.type).bits + 7) / 8;
}

py::object data_of(const Field& field) {
  if (field.data == nullptr) return py::none();
  const char* numpy = element_of(field.type).numpy;
  if (numpy == nullptr) {
    throw py::attribute_error("field '" + field.name + "' is of a type that NumPy does not have");
  }
  const auto bytes = py::bytes(static_cast<const char*>(field.data), byte_count(field));
  return py::module_::import("numpy").attr("frombuffer")(bytes, numpy).attr("copy")();
}

std::shared_ptr<Field> copied_field(const nvinfer1::PluginField& source) {
  auto field = std::make_shared<Field>();
  field->name = source.name != nullptr ? source.name : "";
  field->type = source.type;
  field->length = source.data != nullptr ? source.length : 0;
  const auto* first = static_cast<const char*>(source.data);
  if (first != nullptr) {
    field->copy.assign(first, first + byte_count(*field));
    field->copy.push_back(0);  // so that an empty field has an address
    field->data = field->copy.data();
  }
  return field;
}

const Fields& checked(const Fields& fields, int64_t index) {
  if (index < 0 || static_cast<size_t>(index) >= fields.items.size()) throw py::index_error();
  return fields;
}

}  // namespace

std::shared_ptr<Field> make_field(std::string name, const py::object& data, PluginFieldType type) {
  auto field = std::make_shared<Field>();
  field->name = std::move(name);
  field->type = type;
  if (data.is_none()) return field;
  field->owner = py::isinstance<py::str>(data) ? data.attr("encode")() : data;
  const py::buffer_info buffer = py::buffer(field->owner).request();
  if (buffer.size > std::numeric_limits<int32_t>::max()) {
    throw py::value_error("field '" + field->name + "' has more elements than an int32 counts");
  }
  field->data = buffer.ptr;
  field->length = static_cast<int32_t>(buffer.size);
  return field;
}

Fields Fields::copied(const nvinfer1::PluginFieldCollection* fields) {
  Fields result;
  for (int32_t i = 0; fields != nullptr && i < fields->nbFields; ++i) {
    result.items.push_back(copied_field(fields->fields[i]));
  }
  return result;
}

const nvinfer1::PluginFieldCollection* Fields::view() {
  table_.clear();
  for (const auto& item : items) {
    table_.emplace_back(item->name.c_str(), item->data, item->type, item->length);
  }
  view_ = {static_cast<int32_t>(table_.size()), table_.data()};
  return &view_;
}

void bind_plugin_fields(py::module_& m) {
  py::class_<Field, std::shared_ptr<Field>>(
      m, "PluginField",
      "A named attribute of a plugin. Keeps its buffer alive; `size` counts the buffer's elements, "
      "whatever `type` says.")
      .def(py::init(&make_field), py::arg("name") = "", py::arg("data") = py::none(),
           py::arg("type") = PluginFieldType::kUNKNOWN)
      .def_readwrite("name", &Field::name)
      .def_readwrite("type", &Field::type)
      .def_readwrite("size", &Field::length)
      .def_property(
          "data", &data_of,
          [](Field& self, const py::object& data) {
            self = *make_field(self.name, data, self.type);
          },
          "A copy of the data as a NumPy array; None where there is none.");

  py::class_<Fields, std::shared_ptr<Fields>>(m, "PluginFieldCollection",
                                              "A list of plugin fields.")
      .def(py::init<>())
      .def(py::init([](const std::vector<std::shared_ptr<Field>>& items) {
        Fields fields;
        fields.items = items;
        return fields;
      }))
      .def("__len__", [](const Fields& self) { return self.items.size(); })
      .def("__getitem__",
           [](const Fields& self, int64_t index) {
             const auto size = static_cast<int64_t>(self.items.size());
             const int64_t place = index < 0 ? index + size : index;
             return checked(self, place).items[static_cast<size_t>(place)];
           })
      .def("__iter__", [](const Fields& self) { return py::iter(py::cast(self.items)); })
      .def("append",
           [](Fields& self, const std::shared_ptr<Field>& field) { self.items.push_back(field); })
      .def("extend", [](Fields& self, const std::vector<std::shared_ptr<Field>>& more) {
        self.items.insert(self.items.end(), more.begin(), more.end());
      });
  m.attr("PluginFieldCollection_") = m.attr("PluginFieldCollection");
  py::implicitly_convertible<py::list, Fields>();
}

}  // namespace tenon::python
