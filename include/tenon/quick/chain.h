// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A quick plugin without a struct: a chain of functions.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tenon/quick/creator.h"

namespace tenon {
namespace quick {

/// The attributes of an operator made by a chain, by name. Asking for one that was not declared
/// throws std::out_of_range.
class Attributes {
 public:
  std::int64_t integer(std::string const& name) const { return find(integers, name); }
  double real(std::string const& name) const { return find(reals, name); }
  std::string const& text(std::string const& name) const { return find(texts, name); }

  template <class Visitor>
  void visit(Visitor& visitor) {
    for (auto& one : integers) visitor(one.first.c_str(), one.second);
    for (auto& one : reals) visitor(one.first.c_str(), one.second);
    for (auto& one : texts) visitor(one.first.c_str(), one.second);
  }

  std::map<std::string, std::int64_t> integers;
  std::map<std::string, double> reals;
  std::map<std::string, std::string> texts;

 private:
  template <class Map>
  static typename Map::mapped_type const& find(Map const& map, std::string const& name) {
    auto const found = map.find(name);
    if (found != map.end()) return found->second;
    throw std::out_of_range("attribute '" + name + "' of this type was not declared");
  }
};

/// An operator made by a chain of calls, each of which says one thing of it:
///
///     static bool const kAdded = tenon::quick::plugin("acme::Scale")
///         .attribute("factor", 2.0)
///         .shapes([](auto& s, auto&) { s.output(0) = s.input(0); })
///         .run([](auto& call, auto& attributes) { ... })
///         .add();
///
/// What the chain leaves out is as in operator.h; shapes and run must be there.
class Chain {
 public:
  using TypesFunction =
      std::function<std::vector<nvinfer1::DataType>(std::vector<nvinfer1::DataType> const&)>;
  using ShapesFunction = std::function<void(Shapes&, Attributes const&)>;
  using RunFunction = std::function<void(Call const&, Attributes const&)>;

  explicit Chain(std::string id, std::string version = "1") : said_(std::make_shared<Said>()) {
    said_->id = std::move(id);
    said_->version = std::move(version);
  }

  Chain& attribute(std::string const& name, int value) {
    return attribute(name, std::int64_t{value});
  }
  Chain& attribute(std::string const& name, std::int64_t value) {
    attributes_.integers[name] = value;
    return *this;
  }
  Chain& attribute(std::string const& name, double value) {
    attributes_.reals[name] = value;
    return *this;
  }
  Chain& attribute(std::string const& name, std::string value) {
    attributes_.texts[name] = std::move(value);
    return *this;
  }
  Chain& outputs(std::int32_t count) { return said_->outputs = count, *this; }
  Chain& types(TypesFunction function) { return said_->types = std::move(function), *this; }
  /// The grammar of combinations.h; several calls add up.
  Chain& combination(std::string types, std::string formats = "LINEAR") {
    return said_->combinations.emplace_back(std::move(types), std::move(formats)), *this;
  }
  Chain& tactics(std::vector<std::int32_t> tactics) {
    return said_->tactics = std::move(tactics), *this;
  }
  Chain& alias(std::int32_t output, std::int32_t input) {
    return said_->aliases[output] = input, *this;
  }
  Chain& shapes(ShapesFunction function) { return said_->shapes = std::move(function), *this; }
  Chain& run(RunFunction function) { return said_->run = std::move(function), *this; }

  /// Registers it as add() of creator.h does; throws std::logic_error when shapes or run is
  /// missing.
  bool add() const {
    if (!said_->shapes || !said_->run) {
      throw std::logic_error("quick plugin " + said_->id + " needs shapes and run");
    }
    return quick::add(*this);
  }

  // What Plugin asks of an operator.
  std::string id() const { return said_->id; }
  std::string version() const { return said_->version; }
  std::int32_t outputs() const { return said_->outputs; }
  std::vector<std::int32_t> tactics() const { return said_->tactics; }
  template <class Visitor>
  void attributes(Visitor& visitor) {
    attributes_.visit(visitor);
  }
  std::vector<nvinfer1::DataType> types(std::vector<nvinfer1::DataType> const& inputs) const {
    return said_->types ? said_->types(inputs)
                        : as_first(inputs, static_cast<std::size_t>(said_->outputs));
  }
  std::vector<Combination> combinations(std::size_t tensors) const {
    std::vector<Combination> all;
    for (auto const& one : said_->combinations) {
      auto const some = quick::combinations(one.first, one.second, tensors);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  std::int32_t aliased(std::int32_t output) const {
    auto const found = said_->aliases.find(output);
    return found != said_->aliases.end() ? found->second : -1;
  }
  void shapes(Shapes& shapes) const { said_->shapes(shapes, attributes_); }
  void run(Call const& call) const { said_->run(call, attributes_); }

 private:
  /// What all copies share; fixed once the chain is added.
  struct Said {
    std::string id, version;
    std::int32_t outputs = 1;
    std::vector<std::pair<std::string, std::string>> combinations;
    std::vector<std::int32_t> tactics;
    std::map<std::int32_t, std::int32_t> aliases;
    TypesFunction types;
    ShapesFunction shapes;
    RunFunction run;
  };

  std::shared_ptr<Said> said_;
  Attributes attributes_;
};

/// Begins the chain of a plugin called "namespace::name" or "name".
inline Chain plugin(std::string id, std::string version = "1") {
  return Chain(std::move(id), std::move(version));
}

}  // namespace quick
}  // namespace tenon
