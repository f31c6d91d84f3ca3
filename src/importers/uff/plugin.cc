// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a node's fields to a request, and from a plugin to a node.
#include "importers/uff/plugin.h"

#include <algorithm>

#include "ops/foreign.h"

namespace tenon::uff {

namespace {

using wire::Data;
using wire::Kind;

/// The field as plain data; false when a request cannot carry its kind.
bool convert(const Data& from, ops::ForeignAttribute& to) {
  switch (from.kind) {
    case Kind::Text:
      to.scalar = true;
      to.value = std::vector{std::string(from.text)};
      return true;
    case Kind::TextList:
      to.value = std::vector<std::string>(from.texts.begin(), from.texts.end());
      return true;
    case Kind::Real:
    case Kind::RealList:
      to.scalar = from.kind == Kind::Real;
      to.value = std::vector<float>(from.reals.begin(), from.reals.end());
      return true;
    case Kind::Boolean:
    case Kind::Integer:
    case Kind::Type:
    case Kind::BooleanList:
    case Kind::IntegerList:
    case Kind::TypeList:
      to.scalar = from.kind != Kind::BooleanList && from.kind != Kind::IntegerList &&
                  from.kind != Kind::TypeList;
      to.value = from.integers;
      return true;
    case Kind::Blob:
      to.value =
          ops::ConstantData::copy(DType::I8, {static_cast<int64_t>(from.blob.size())}, from.blob);
      return true;
    case Kind::Absent:
    case Kind::Reference:
    case Kind::Orders:
    case Kind::OrdersList:
      break;
  }
  return false;
}

}  // namespace

Status import_plugin(Context& node) {
  Session& session = node.session();
  if (session.options.resolver == nullptr) {
    return node.fail(Code::Unsupported, "is a plugin's, and no plugins are at hand");
  }
  ops::ForeignRequest request;
  request.node_name = node.node().id;
  request.op_type = node.node().operation.substr(1);
  request.version.clear();  // nodes of this format do not say: the newest
  request.name_space = session.options.name_space;
  request.namespace_given = !request.name_space.empty();
  request.input_count = node.inputs().size();
  for (const wire::Entry& entry : node.node().fields) {
    TENON_ASSIGN(const Data data, node.data(entry.key));
    ops::ForeignAttribute attribute;
    attribute.name = entry.key;
    if (convert(data, attribute)) {
      request.attributes.push_back(std::move(attribute));
    } else if (entry.key != "orders") {
      node.diag.warn("field {} is {}, which plugin fields cannot carry: it is left out", entry.key,
                     to_words(data.kind));
    }
  }
  TENON_ASSIGN(const std::shared_ptr<ops::ForeignOp> plugin,
               session.options.resolver->create(request, node.diag));
  if (plugin->output_count() != 1) {
    return node.fail(Code::Unsupported,
                     "plugin {} makes {} outputs, but a node of this format has one",
                     plugin->id().name, plugin->output_count());
  }
  std::vector<ir::Value*> inputs;
  Stored stored = Stored::AsFile;
  for (const Tensor& tensor : node.inputs()) {
    inputs.push_back(tensor.value);
    if (stored == Stored::AsFile) stored = tensor.stored;
  }
  TENON_ASSIGN(ir::Node * made, session.graph.add(ops::Foreign{plugin}, std::move(inputs),
                                                  request.node_name, node.diag));
  made->sources = {request.node_name};
  node.result(made->output(), made->output()->shape().size() < 3 ? Stored::AsFile : stored);
  return {};
}

}  // namespace tenon::uff
