// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a file becomes, and what is said of one that cannot be read.
#include "importers/uff/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/uff/test_model.h"
#include "ir/verify.h"

namespace tenon::uff {
namespace {

using namespace test;
using ::testing::HasSubstr;

Options with(std::vector<int64_t> dims, InputOrder order = InputOrder::Nchw,
             std::string output = "out") {
  Options options;
  Dims extents;
  for (const int64_t extent : dims) extents.push_back(extent);
  options.inputs.push_back({"in", extents, order});
  options.outputs.push_back(std::move(output));
  return options;
}

/// Ones, as many as the extents hold.
Model& ones(Model& model, const std::string& id, const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return model.constant(id, shape, std::vector<float>(static_cast<size_t>(count), 1.0F));
}

/// in → Conv 3x3 in "N+C" → + bias → relu → Pool → out.
Model channels_last() {
  Model model;
  model.input("in", {-1, 8, 8, 2});
  ones(model, "w", {3, 3, 2, 4});
  ones(model, "b", {4});
  model.node("conv", "Conv", {"in", "w"},
             {{"orders", orders({kChannelsLast, kFiltersLast})}, {"padding", integers({1, 1})}});
  model.node("plus", "Binary", {"conv", "b"}, {{"func", text("add")}});
  model.node("relu", "Activation", {"plus"}, {{"func", text("relu")}});
  model.node("out", "Pool", {"relu"},
             {{"orders", orders({kChannelsLast})},
              {"func", text("avg")},
              {"kernel", integers({2, 2})},
              {"strides", integers({2, 2})}});
  return model;
}

TEST(UffImport, KeepsChannelsFirstThroughNodesThatSeeThemLast) {
  Imported made(channels_last(), with({2, 8, 8}));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("in"), "[1, 2, 8, 8]");
  EXPECT_EQ(made.shape("conv"), "[1, 4, 8, 8]");
  EXPECT_EQ(made.shape("relu"), "[1, 4, 8, 8]");
  // One for the filters, one for the output, which the file sees with channels last.
  EXPECT_EQ(made.count<ops::Transpose>(), 2U);
  ASSERT_EQ(made.graph.outputs().size(), 1U);
  EXPECT_EQ(made.graph.outputs()[0]->name, "out");
  EXPECT_EQ(made.shape("out"), "[1, 4, 4, 4]");
  CollectingSink sink;
  Diagnostics diag(sink);
  EXPECT_TRUE(ir::verify(made.graph, diag).ok()) << sink.errors();
}

TEST(UffImport, TurnsAnInputThatLiesAsTheFileSeesIt) {
  Imported made(channels_last(), with({8, 8, 2}, InputOrder::Nhwc));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("in"), "[1, 8, 8, 2]");
  EXPECT_EQ(made.shape("conv"), "[1, 4, 8, 8]");
}

TEST(UffImport, ReadsAnInputWhoseExtentsContradictItsNodes) {
  // As converters write when a graph was edited: the Input is channels first, the Conv says last.
  Model model;
  model.input("in", {1, 2, 8, 6});
  ones(model, "w", {3, 3, 2, 4});
  model.node("out", "Conv", {"in", "w"}, {{"orders", orders({kChannelsLast, kFiltersLast})}});
  Imported made(model, with({2, 8, 6}));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("out"), "[1, 4, 6, 4]");
}

TEST(UffImport, TakesTheBatchWhereItIsRegistered) {
  Imported made(channels_last(), with({-1, 2, 8, 8}));
  ASSERT_FALSE(made.graph.inputs().empty());
  EXPECT_EQ(made.shape("in"), "[in.0, 2, 8, 8]");
}

TEST(UffImport, FollowsTheOutputsAlone) {
  Model model = channels_last();
  model.node("stray", "Nonsense", {"nobody"});
  Imported made(model, with({2, 8, 8}));
  EXPECT_TRUE(made.status.ok()) << made.said;
}

TEST(UffImport, TakesOutputsThatTheFileMarks) {
  Model model = channels_last();
  model.node("MarkOutput_0", "MarkOutput", {"relu"});
  Options options = with({2, 8, 8});
  options.outputs.clear();
  Imported made(model, options);
  ASSERT_TRUE(made.status.ok()) << made.said;
  ASSERT_EQ(made.graph.outputs().size(), 1U);
  EXPECT_EQ(made.graph.outputs()[0]->name, "relu");
}

TEST(UffImport, SplitsFiltersOfChannelsAlone) {
  Model model;
  model.input("in", {-1, 2, 8, 8});
  ones(model, "w", {3, 3, 2, 3});
  model.node("out", "Conv", {"in", "w"},
             {{"orders", orders({{}, kFiltersLast})}, {"number_groups", integer(2)}});
  Imported made(model, with({2, 8, 8}));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("out"), "[1, 6, 6, 6]");
}

TEST(UffImport, MakesTransposedConvolutionsOfTheGivenShape) {
  Model model;
  model.input("in", {-1, 2, 4, 4});
  ones(model, "w", {3, 3, 5, 2});  // spatial, outputs, inputs
  model.constant<int32_t>("shape", {4}, {1, 5, 8, 8});
  model.node("out", "ConvTranspose", {"in", "w", "shape"},
             {{"orders", orders({{}, {2, kSpread, 0, 1}, {}})},
              {"strides", integers({2, 2})},
              {"implicit_padding", text("same")}});
  Imported made(model, with({2, 4, 4}));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("out"), "[1, 5, 8, 8]");
}

/// The shape of a node of one input, its fields as given.
std::string shape_of(const std::string& operation, const FieldList& fields,
                     const std::vector<std::string>& more = {}, Model model = {}) {
  model.input("in", {-1, 3, 4, 5});
  std::vector<std::string> inputs{"in"};
  inputs.insert(inputs.end(), more.begin(), more.end());
  model.node("out", operation, inputs, fields);
  Imported made(model, with({3, 4, 5}));
  return made.status.ok() ? made.shape("out") : made.said;
}

TEST(UffImport, ReadsOperatorsOfOneInput) {
  for (const char* func :
       {"neg",  "exp",  "log",  "abs",  "sqrt", "rsqrt", "square", "sin",   "cos",  "tan",
        "sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh",  "atanh", "ceil", "floor"}) {
    EXPECT_EQ(shape_of("Unary", {{"func", text(func)}}), "[1, 3, 4, 5]") << func;
  }
  for (const char* func :
       {"relu", "relu6", "sigmoid", "tanh", "elu", "selu", "softsign", "softplus"}) {
    EXPECT_EQ(shape_of("Activation", {{"func", text(func)}}), "[1, 3, 4, 5]") << func;
  }
  for (const char* func : {"sum", "prod", "max", "min", "mean"}) {
    const FieldList fields{{"func", text(func)}, {"axes", integers({1, -1})}};
    EXPECT_EQ(shape_of("Reduce", fields), "[1, 4]") << func;
  }
  EXPECT_EQ(shape_of("Reduce", {{"func", text("sum")}, {"keepdims", boolean(true)}}),
            "[1, 1, 1, 1]");
  EXPECT_EQ(shape_of("Identity", {}), "[1, 3, 4, 5]");
  EXPECT_EQ(shape_of("Flatten", {}), "[1, 60]");
  EXPECT_EQ(shape_of("Shape", {}), "[4]");
  EXPECT_EQ(shape_of("Squeeze", {{"axes", integers({0})}}), "[3, 4, 5]");
  EXPECT_EQ(shape_of("ExpandDims", {{"axis", integer(-1)}}), "[1, 3, 4, 5, 1]");
  EXPECT_EQ(shape_of("Transpose", {{"permutation", integers({0, 2, 3, 1})}}), "[1, 4, 5, 3]");
  EXPECT_EQ(shape_of("ArgMax", {{"axis", integer(1)}}), "[1, 4, 5]");
  EXPECT_EQ(shape_of("ArgMin", {{"axis", integer(-1)}}), "[1, 3, 4]");
  EXPECT_EQ(shape_of("Softmax", {{"axis", integer(1)}}), "[1, 3, 4, 5]");
  EXPECT_EQ(shape_of("LRN", {{"window_size", integer(3)}, {"alpha", real(0.5)}}), "[1, 3, 4, 5]");
}

TEST(UffImport, ReadsOperatorsOfSeveralInputs) {
  for (const char* func : {"min", "max", "mul", "sub", "div", "add", "pow"}) {
    EXPECT_EQ(shape_of("Binary", {{"func", text(func)}}, {"in"}), "[1, 3, 4, 5]") << func;
  }
  EXPECT_EQ(shape_of("Concat", {{"axis", integer(1)}}, {"in"}), "[1, 6, 4, 5]");
  EXPECT_EQ(shape_of("Stack", {{"axis", integer(1)}}, {"in"}), "[1, 2, 3, 4, 5]");
  Model model;
  model.constant<int32_t>("list", {2}, {-1, 12});
  EXPECT_EQ(shape_of("Reshape", {}, {"list"}, model), "[5, 12]");
  model.constant<int32_t>("indices", {2}, {0, 0});
  EXPECT_EQ(shape_of("GatherV2", {{"axis", integer(2)}}, {"indices"}, model), "[1, 3, 2, 5]");
  EXPECT_EQ(shape_of("Gather", {}, {"indices"}, model), "[2, 3, 4, 5]");
  model.constant<int32_t>("pads", {4, 2}, {0, 0, 0, 1, 2, 0, 0, 0});
  EXPECT_EQ(shape_of("Pad", {}, {"pads"}, model), "[1, 4, 6, 5]");
  model.constant<int32_t>("begin", {3}, {0, 1, 1});
  model.constant<int32_t>("end", {3}, {0, 2, -1});
  model.constant<int32_t>("step", {3}, {1, 1, 1});
  const FieldList masks{{"end_mask", integer(1)}, {"shrink_axis_mask", integer(2)}};
  EXPECT_EQ(shape_of("StridedSlice", masks, {"begin", "end", "step"}, model), "[1, 2, 5]");
  for (const char* name : {"gamma", "beta", "mean", "variance"}) ones(model, name, {3});
  EXPECT_EQ(shape_of("BatchNorm", {}, {"gamma", "beta", "mean", "variance"}, model),
            "[1, 3, 4, 5]");
  ones(model, "matrix", {60, 7});
  EXPECT_EQ(shape_of("FullyConnected", {{"orders", orders({{}, {1, 0}})}}, {"matrix"}, model),
            "[1, 7]");
}

TEST(UffImport, FollowsShapesThroughArithmeticOfIntegers) {
  Model model;
  model.input("in", {-1, 3, 4});
  model.node("shape", "Shape", {"in"});
  model.constant<int32_t>("zero", {1}, {0});
  model.constant<int32_t>("one", {1}, {1});
  model.node("batch", "StridedSlice", {"shape", "zero", "one", "one"},
             {{"shrink_axis_mask", integer(1)}});
  model.constant<int32_t>("rest", {}, {12});
  model.node("list", "Stack", {"batch", "rest"}, {{"axis", integer(0)}});
  model.node("out", "Reshape", {"in", "list"});
  Imported made(model, with({3, 4}, InputOrder::Nc));
  ASSERT_TRUE(made.status.ok()) << made.said;
  EXPECT_EQ(made.shape("out"), "[1, 12]");
}

std::string refusal(const Model& model, const Options& options = with({3, 4, 5})) {
  Imported made(model, options);
  EXPECT_FALSE(made.status.ok());
  return made.said;
}

TEST(UffImport, NamesWhatItRefuses) {
  EXPECT_THAT(refusal(Model().input("in", {-1, 3, 4, 5})),
              HasSubstr("output \"out\" is registered, but the file has no node of that name"));
  EXPECT_THAT(refusal(Model().node("out", "Identity", {"gone"}), {{}, {}, {}, {"out"}}),
              HasSubstr("reads node \"gone\", which the file lacks"));
  EXPECT_THAT(refusal(Model().node("out", "Identity", {"out"}), {{}, {}, {}, {"out"}}),
              HasSubstr("in a circle through \"out\""));
  EXPECT_THAT(refusal(Model().input("in", {-1, 3, 4, 5}).node("out", "Identity", {"in"}),
                      {{}, {}, {}, {"out"}}),
              HasSubstr("call registerInput(\"in\""));
  EXPECT_THAT(refusal(Model().input("in", {-1, 9, 9}).node("out", "Identity", {"in"})),
              HasSubstr("is registered with extents"));
  EXPECT_THAT(refusal(Model().input("inn", {-1}).node("out", "Identity", {"inn"})),
              HasSubstr("input \"in\" is registered, but the file has no Input node"));
  EXPECT_THAT(refusal(Model().input("in", {}).node("out", "Unry", {"in"})),
              HasSubstr("No importer registered for operation: Unry"));
  EXPECT_THAT(refusal(Model().input("in", {}).node("out", "_MaxPool", {"in"})),
              HasSubstr("is a plugin's, and no plugins are at hand"));
  EXPECT_THAT(refusal(Model().input("in", {}).input("in", {}).node("out", "Identity", {"in"})),
              HasSubstr("two nodes are named \"in\""));
}

std::string refused_field(const FieldList& fields, const std::string& operation = "Unary") {
  return refusal(Model().input("in", {}).node("out", operation, {"in"}, fields));
}

TEST(UffImport, NamesFieldsOfTheWrongKind) {
  EXPECT_THAT(refused_field({}), HasSubstr("field func is missing"));
  EXPECT_THAT(refused_field({{"func", integer(1)}}),
              HasSubstr("field func is an integer, but must be a text"));
  EXPECT_THAT(refused_field({{"func", text("twist")}}), HasSubstr("\"twist\"; supported are"));
  EXPECT_THAT(refused_field({{"func", reference("lost")}}),
              HasSubstr("refers to \"lost\", which is not among the file's referenced data"));
  EXPECT_THAT(refused_field({{"axis", integer(9)}}, "Softmax"),
              HasSubstr("axis 9 does not exist in a tensor of rank 4"));
  EXPECT_THAT(refused_field({{"func", text("max")},
                             {"kernel", integers({2, 2})},
                             {"orders", orders({{0, 0, kSpread}})}},
                            "Pool"),
              HasSubstr("each axis must be named once"));
  EXPECT_THAT(refused_field({{"func", text("max")}, {"kernel", integers({2, -2})}}, "Pool"),
              HasSubstr("field kernel holds -2"));
}

TEST(UffImport, NamesConstantsThatDoNotFit) {
  const auto constant = [](const std::vector<int64_t>& shape) {
    Model model;
    model.data("values", block(9, "12345678"));
    model.node(
        "out", "Const", {},
        {{"values", reference("values")}, {"dtype", type(kFloat32)}, {"shape", integers(shape)}});
    return refusal(model, {{}, {}, {}, {"out"}});
  };
  EXPECT_THAT(constant({3}), HasSubstr("needs 12 bytes of numbers, but the file gives 8"));
  EXPECT_THAT(constant({-2}), HasSubstr("negative extent -2"));
  EXPECT_THAT(constant({1LL << 40, 1LL << 40}), HasSubstr("is too large"));
}

TEST(UffImport, RefusesCutOffFilesAtEveryByte) {
  const std::string whole = channels_last().bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    Imported made(whole.substr(0, size), with({2, 8, 8}));
    EXPECT_EQ(made.status.ok(), made.said.empty()) << size;
  }
}

TEST(UffImport, NeverTrustsAByte) {
  const std::string whole = channels_last().bytes();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {0x01, 0x10, 0x80, 0xFF}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      Imported made(changed, with({2, 8, 8}));
      EXPECT_EQ(made.status.ok(), made.said.empty()) << at;
    }
  }
}

}  // namespace
}  // namespace tenon::uff
