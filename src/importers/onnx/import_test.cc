// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "importers/onnx/import.h"

#include <gmock/gmock.h>

#include "importers/onnx/test_model.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace tenon::onnx {
namespace {

using testing::attribute;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Imported;
using testing::Model;

/// A plugin of as many outputs as asked for, shaped as its first input.
class FakePlugin final : public ops::ForeignOp {
 public:
  FakePlugin(ops::PluginId id, size_t outputs, size_t shape_inputs)
      : id_(std::move(id)), outputs_(outputs), shape_inputs_(shape_inputs) {}
  [[nodiscard]] const ops::PluginId& id() const noexcept override { return id_; }
  [[nodiscard]] std::string_view family() const noexcept override { return "fake"; }
  [[nodiscard]] size_t output_count() const noexcept override { return outputs_; }
  Status infer(ops::Inference& inference) override {
    for (size_t i = 0; i < outputs_; ++i) {
      inference.out(inference.in(0).dtype, inference.in(0).shape);
    }
    return {};
  }
  [[nodiscard]] size_t shape_input_count() const noexcept override { return shape_inputs_; }
  [[nodiscard]] std::shared_ptr<ops::ForeignOp> clone() const override {
    return std::make_shared<FakePlugin>(*this);
  }
  [[nodiscard]] std::string describe() const override { return id_.name; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { std::abort(); }

 private:
  ops::PluginId id_;
  size_t outputs_, shape_inputs_;
};

/// Knows some names, and keeps the requests it was asked to fulfil.
class FakeResolver final : public ops::OpResolver {
 public:
  explicit FakeResolver(std::vector<std::string> names) : names_(std::move(names)) {}
  [[nodiscard]] bool knows(const ops::ForeignRequest& request) const override {
    return std::find(names_.begin(), names_.end(), request.op_type) != names_.end();
  }
  Result<std::shared_ptr<ops::ForeignOp>> create(const ops::ForeignRequest& request,
                                                 Diagnostics& diag) override {
    if (!knows(request)) return diag.fail(Code::NotFound, "The nearest plugin is Blur.");
    requests.push_back(request);
    return std::shared_ptr<ops::ForeignOp>(std::make_shared<FakePlugin>(
        ops::PluginId{request.op_type, request.version, request.name_space}, 1,
        request.shape_inputs.size()));
  }
  std::vector<ops::ForeignRequest> requests;

 private:
  std::vector<std::string> names_;
};

Model one_node(testing::NodeSpec spec, int64_t opset = 13) {
  Model model(opset);
  model.input("x", {int64_t{2}}).node(spec).output("y");
  return model;
}

/// What kind of node made output y.
std::string maker(const Imported& imported) {
  EXPECT_TRUE(imported.status.ok()) << imported.sink.errors();
  const ir::Value* y = imported.graph.find_value("y");
  return y ? std::string(ops::name_of(y->producer()->op)) : "";
}

TEST(Import, NamesTheCopyOfAnInputAsNothingElseIsNamed) {
  Model model(13);
  model.input("x", {int64_t{2}}).input("x_output", {int64_t{2}});
  model.node({"Neg", {"x"}, {"x_output_"}}).output("x").output("x_output_").output("x");
  const Imported imported(model);
  ASSERT_TRUE(imported.status.ok()) << imported.sink.errors();
  std::vector<std::string> names;
  for (const ir::Value* output : imported.graph.outputs()) names.push_back(output->name);
  EXPECT_THAT(names, ElementsAre("x_output__", "x_output_"));
  CollectingSink sink;
  Diagnostics diag(sink);
  EXPECT_TRUE(ir::verify(imported.graph, diag).ok()) << sink.errors();
}

TEST(Import, TakesTheBuiltInOperatorBeforeAPlugin) {
  FakeResolver resolver({"Relu"});
  Options options;
  options.resolver = &resolver;
  EXPECT_EQ(maker(Imported(one_node({"Relu", {"x"}, {"y"}}), options)), "activation");
  EXPECT_TRUE(resolver.requests.empty());
}

TEST(Import, TakesThePluginFirstWhenAskedTo) {
  FakeResolver resolver({"Relu"});
  Options options;
  options.resolver = &resolver;
  EXPECT_EQ(
      maker(Imported(
          one_node({"Relu", {"x"}, {"y"}, {attribute("plugin_namespace", std::string("own"))}}),
          options)),
      "foreign");
  ASSERT_EQ(resolver.requests.size(), 1U);
  EXPECT_EQ(resolver.requests[0].name_space, "own");
  EXPECT_TRUE(resolver.requests[0].namespace_given);
  options.plugin_override = true;
  EXPECT_EQ(maker(Imported(one_node({"Relu", {"x"}, {"y"}}), options)), "foreign");
}

TEST(Import, WarnsWhenANamespaceLeadsNowhere) {
  FakeResolver resolver({});
  Options options;
  options.resolver = &resolver;
  const Imported imported(
      one_node({"Relu", {"x"}, {"y"}, {attribute("plugin_namespace", std::string("own"))}}),
      options);
  EXPECT_EQ(maker(imported), "activation");
  ASSERT_EQ(imported.sink.entries.size(), 1U);
  EXPECT_EQ(imported.sink.entries[0].severity, Severity::Warning);
  EXPECT_THAT(imported.sink.entries[0].text, HasSubstr("the built-in operator is used"));
}

TEST(Import, TakesAFunctionBeforeAPlugin) {
  FakeResolver resolver({"Twice"});
  Options options;
  options.resolver = &resolver;
  Model model = one_node({"Twice", {"x"}, {"y"}, {}, "call", "own"});
  model.import("own", 1).function("own", "Twice", {"a"}, {"b"}, {{"Add", {"a", "a"}, {"b"}}});
  const Imported imported(model, options);
  EXPECT_EQ(maker(imported), "element_wise");
  EXPECT_NE(imported.graph.find_node("call/Add_0"), nullptr);
  EXPECT_TRUE(resolver.requests.empty());
}

TEST(Import, TakesAPluginOfAnotherDomainBeforeTheBuiltInOfThatName) {
  FakeResolver resolver({"Relu"});
  Options options;
  const testing::NodeSpec spec{"Relu", {"x"}, {"y"}, {}, "", "com.acme"};
  const Imported without(one_node(spec), options);
  EXPECT_EQ(maker(without), "activation");
  EXPECT_THAT(without.sink.entries[0].text, HasSubstr("ONNX's own operator Relu is used"));
  options.resolver = &resolver;
  EXPECT_EQ(maker(Imported(one_node(spec), options)), "foreign");
  EXPECT_EQ(resolver.requests[0].domain, "com.acme");
}

TEST(Import, HandsAttributesAndShapeInputsToPlugins) {
  FakeResolver resolver({"Crop"});
  Options options;
  options.resolver = &resolver;
  Model model(13);
  model.input("x", {int64_t{4}})
      .initializer(testing::int64_tensor("size", {2}))
      .input("w", {int64_t{4}})
      .node({"Crop",
             {"size", "x", "w"},
             {"y"},
             {attribute("plugin_version", std::string("2")), attribute("radius", int64_t{3}),
              attribute("ratio", 0.5F), attribute("axes", std::vector<int64_t>{1, 2}),
              attribute("tensorrt_plugin_shape_input_indices", std::vector<int64_t>{-3})},
             "crop"})
      .output("y");
  const Imported imported(model, options);
  EXPECT_EQ(maker(imported), "foreign");
  const ops::ForeignRequest& request = resolver.requests.at(0);
  EXPECT_EQ(request.node_name, "crop");
  EXPECT_EQ(request.version, "2");
  EXPECT_THAT(request.shape_inputs, ElementsAre(0));
  EXPECT_EQ(request.input_count, 3U);
  ASSERT_EQ(request.attributes.size(), 5U);
  EXPECT_EQ(std::get<std::vector<int64_t>>(request.attributes[1].value), std::vector<int64_t>{3});
  EXPECT_TRUE(request.attributes[1].scalar);
  EXPECT_FALSE(request.attributes[3].scalar);
  const ir::Node* node = imported.graph.find_node("crop");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->input(0)->name, "x");
  EXPECT_EQ(node->input(1)->name, "w");
  EXPECT_EQ(node->input(2)->name, "size");
}

TEST(Import, MakesANetworkInputAShapeInputWhenAPluginReadsItsValues) {
  FakeResolver resolver({"Crop"});
  Options options;
  options.resolver = &resolver;
  Model model(13);
  model.input("x", {int64_t{4}})
      .input("size", {int64_t{2}}, testing::kInt64)
      .node({"Crop",
             {"x", "size"},
             {"y"},
             {attribute("tensorrt_plugin_shape_input_indices", std::vector<int64_t>{1})}})
      .output("y");
  const Imported imported(model, options);
  EXPECT_EQ(maker(imported), "foreign");
  const ir::Value* size = imported.graph.find_value("size");
  ASSERT_TRUE(size->type.content);
  EXPECT_EQ(expr::to_string(*size->type.content, imported.graph.symbols()), "[size[0], size[1]]");
}

TEST(Import, RefusesShapeInputsOutOfRange) {
  FakeResolver resolver({"Crop"});
  Options options;
  options.resolver = &resolver;
  const Imported imported(
      one_node({"Crop",
                {"x"},
                {"y"},
                {attribute("tensorrt_plugin_shape_input_indices", std::vector<int64_t>{1})}}),
      options);
  EXPECT_THAT(imported.sink.errors(), HasSubstr("names input 1, but the node has 1 inputs"));
}

TEST(Import, LetsTheResolverExplain) {
  FakeResolver resolver({});
  Options options;
  options.resolver = &resolver;
  const Imported imported(one_node({"Blurr", {"x"}, {"y"}, {}, "soft"}), options);
  EXPECT_EQ(imported.status.code, Code::Unsupported);
  EXPECT_EQ(imported.sink.errors(),
            "node \"soft\" (Blurr, opset 13): No importer registered for op: Blurr. The nearest "
            "plugin is Blur.");
}

TEST(Import, ReportsEveryFaultOnceWithItsNode) {
  Model model(13);
  model.input("x", {int64_t{2}})
      .node({"Blur", {"x"}, {"a"}, {}, "first"})
      .node({"Add", {"a", "x"}, {"b"}, {}, "second"})
      .node({"Sharpen", {"b"}, {"y"}, {}, "third"})
      .output("y");
  const Imported imported(model);
  ASSERT_EQ(imported.faults.size(), 2U);
  EXPECT_EQ(imported.faults[0].node_name, "first");
  EXPECT_EQ(imported.faults[0].op_type, "Blur");
  EXPECT_EQ(imported.faults[0].node_index, 0);
  EXPECT_EQ(imported.faults[0].code, Code::Unsupported);
  EXPECT_EQ(imported.faults[1].node_name, "third");
  EXPECT_EQ(imported.faults[1].node_index, 2);
}

TEST(Import, KeepsNamesAndMakesThemUnique) {
  Model model(13);
  model.input("x", {int64_t{2}})
      .node({"Relu", {"x"}, {"a"}, {}, "same"})
      .node({"Relu", {"a"}, {"b"}, {}, "same"})
      .node({"Relu", {"b"}, {"y"}})
      .output("y");
  const Imported imported(model);
  ASSERT_TRUE(imported.status.ok()) << imported.sink.errors();
  EXPECT_EQ(imported.graph.find_value("a")->producer()->name, "same");
  EXPECT_EQ(imported.graph.find_value("b")->producer()->name, "same_1");
  EXPECT_EQ(imported.graph.find_value("y")->producer()->name, "Relu_2");
}

TEST(Import, SharesSymbolsOfEqualNames) {
  Model model(13);
  model.input("x", {std::string("n"), int64_t{3}, {}})
      .input("z", {std::string("n"), int64_t{-1}, std::string("?"), std::string("?")})
      .output("x");
  Imported imported(model);
  ASSERT_TRUE(imported.status.ok()) << imported.sink.errors();
  const auto& inputs = imported.graph.inputs();
  EXPECT_EQ(inputs[0]->shape()[0], inputs[1]->shape()[0]);
  EXPECT_EQ(expr::to_string(inputs[0]->shape(), imported.graph.symbols()), "[n, 3, x.2]");
  EXPECT_EQ(expr::to_string(inputs[1]->shape(), imported.graph.symbols()), "[n, z.1, z.2, z.3]");
}

TEST(Import, RefusesWhatIsMadeTwice) {
  Model model(13);
  model.input("x", {int64_t{2}})
      .node({"Relu", {"x"}, {"y"}})
      .node({"Neg", {"x"}, {"y"}})
      .output("y");
  EXPECT_THAT(Imported(model).sink.errors(),
              HasSubstr("makes value \"y\", which something else makes already"));
}

TEST(Import, RefusesCirclesAndMissingOutputs) {
  Model circle(13);
  circle.input("x", {int64_t{2}})
      .node({"Add", {"x", "b"}, {"a"}, {}, "one"})
      .node({"Neg", {"a"}, {"b"}, {}, "two"})
      .output("b");
  const Imported imported(circle);
  EXPECT_THAT(imported.sink.errors(), HasSubstr("read each other in a circle"));
  EXPECT_FALSE(imported.faults.empty());
  Model open(13);
  open.input("x", {int64_t{2}}).output("nowhere");
  EXPECT_THAT(Imported(open).sink.errors(), HasSubstr("output \"nowhere\" is made by no node"));
  EXPECT_THAT(Imported(Model(13)).sink.errors(), HasSubstr("the model has no outputs"));
}

TEST(Import, StopsFunctionsThatCallThemselves) {
  Model model = one_node({"Loop1", {"x"}, {"y"}, {}, "", "own"});
  model.import("own", 1);
  model.function("own", "Loop1", {"a"}, {"b"}, {{"Loop1", {"a"}, {"b"}, {}, "", "own"}});
  EXPECT_THAT(Imported(model).sink.errors(), HasSubstr("does function Loop1 call itself?"));
}

TEST(Import, StopsFunctionsThatMultiply) {
  Model model = one_node({"F0", {"x"}, {"y"}, {}, "", "own"});
  model.import("own", 1);
  for (int i = 0; i < 20; ++i) {
    std::vector<testing::NodeSpec> nodes;
    std::string last = "a";
    for (int k = 0; k < 10; ++k) {
      const std::string next = "v" + std::to_string(k);
      nodes.push_back({"F" + std::to_string(i + 1), {last}, {next}, {}, "", "own"});
      last = next;
    }
    model.function("own", "F" + std::to_string(i), {"a"}, {last}, nodes);
  }
  model.function("own", "F20", {"a"}, {"b"}, {{"Relu", {"a"}, {"b"}}});
  const Imported imported(model);
  EXPECT_EQ(imported.status.code, Code::Unsupported);
  EXPECT_TRUE(imported.sink.errors().find("unfold to more than") != std::string::npos);
}

TEST(Import, RefusesInputsItCannotHold) {
  Model model(13);
  model.input("text", {int64_t{1}}, testing::kString)
      .input("deep", std::vector<testing::Extent>(9, int64_t{1}))
      .sparse_initializer()
      .output("text");
  const std::string errors = Imported(model).sink.errors();
  EXPECT_THAT(errors, HasSubstr("input \"text\" is of type string"));
  EXPECT_THAT(errors, HasSubstr("input \"deep\" has rank 9"));
  EXPECT_THAT(errors, HasSubstr("1 sparse initializers"));
}

TEST(Import, NamesItsOperators) {
  EXPECT_TRUE(supports_operator("Conv"));
  EXPECT_FALSE(supports_operator("MaxPoolPlugin"));
  const auto names = operator_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_GT(names.size(), 100U);
}

}  // namespace
}  // namespace tenon::onnx
