// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Refusals and rare forms of operators; what they compute is shown by ONNX's own tests.
#include <gmock/gmock.h>

#include "expr/requirement.h"
#include "importers/onnx/test_model.h"
#include "ir/text.h"

namespace tenon::onnx {
namespace {

using testing::attribute;
using testing::Extent;
using ::testing::HasSubstr;
using testing::Imported;
using testing::Model;
using testing::NodeSpec;

using Ints = std::vector<int64_t>;

Model over(const std::vector<Extent>& shape, const NodeSpec& node, int64_t opset = 13) {
  Model model(opset);
  model.input("x", shape).node(node).output("y");
  return model;
}

std::string shape_of(const Imported& imported) {
  EXPECT_TRUE(imported.status.ok()) << imported.sink.errors();
  const ir::Value* y = imported.graph.find_value("y");
  return y ? expr::to_string(y->shape(), imported.graph.symbols()) : "";
}

const std::vector<Extent> kImage{std::string("n"), int64_t{3}, int64_t{8}, int64_t{7}};
const std::vector<Extent> kDynamicImage{int64_t{1}, int64_t{3}, std::string("h"), std::string("w")};

TEST(Window, PadsAsAskedFor) {
  const auto kernel = attribute("kernel_shape", Ints{3, 3});
  const auto strides = attribute("strides", Ints{2, 2});
  const auto same = [](const char* mode) { return attribute("auto_pad", std::string(mode)); };
  const Imported upper(
      over(kImage, {"MaxPool", {"x"}, {"y"}, {kernel, strides, same("SAME_UPPER")}}));
  EXPECT_EQ(shape_of(upper), "[n, 3, 4, 4]");
  const auto* op = upper.graph.find_value("y")->producer()->as<ops::Pooling>();
  EXPECT_EQ(op->pads_begin, (Dims{0, 1}));
  EXPECT_EQ(op->pads_end, (Dims{1, 1}));
  const Imported lower(
      over(kImage, {"MaxPool", {"x"}, {"y"}, {kernel, strides, same("SAME_LOWER")}}));
  EXPECT_EQ(lower.graph.find_value("y")->producer()->as<ops::Pooling>()->pads_begin, (Dims{1, 1}));
  EXPECT_EQ(shape_of(Imported(over(kImage, {"MaxPool", {"x"}, {"y"}, {kernel, same("VALID")}}))),
            "[n, 3, 6, 5]");
  EXPECT_EQ(shape_of(Imported(
                over(kDynamicImage, {"MaxPool", {"x"}, {"y"}, {kernel, same("SAME_UPPER")}}))),
            "[1, 3, h, w]");
  EXPECT_THAT(Imported(over(kDynamicImage,
                            {"MaxPool", {"x"}, {"y"}, {kernel, strides, same("SAME_UPPER")}}))
                  .sink.errors(),
              HasSubstr("auto_pad depends on spatial axis 0, whose extent is dynamic"));
}

TEST(Window, RefusesSenselessAttributes) {
  const auto refusal = [](std::vector<std::string> attributes) {
    return Imported(over(kImage, {"MaxPool", {"x"}, {"y"}, std::move(attributes)})).sink.errors();
  };
  const auto kernel = attribute("kernel_shape", Ints{3, 3});
  EXPECT_THAT(refusal({}), HasSubstr("attribute kernel_shape is missing"));
  EXPECT_THAT(refusal({attribute("kernel_shape", Ints{3})}), HasSubstr("has 1 entries"));
  EXPECT_THAT(refusal({kernel, attribute("strides", Ints{0, 1})}), HasSubstr("strides holds 0"));
  EXPECT_THAT(refusal({kernel, attribute("pads", Ints{0, 0, -1, 0})}), HasSubstr("pads holds -1"));
  EXPECT_THAT(refusal({kernel, attribute("strides", std::string("2"))}),
              HasSubstr("attribute strides is a text, but must be a list of integers"));
  EXPECT_THAT(refusal({kernel, attribute("auto_pad", std::string("FULL"))}),
              HasSubstr("attribute auto_pad is \"FULL\"; supported are \"NOTSET\""));
}

TEST(Reshape, ResolvesWhatCanBeKnown) {
  const auto reshaped = [](Ints target) {
    Model model = over(kImage, {"Reshape", {"x", "s"}, {"y"}});
    return Imported(model.initializer(testing::int64_tensor("s", target)));
  };
  EXPECT_EQ(shape_of(reshaped({0, -1})), "[n, 168]");
  EXPECT_EQ(shape_of(reshaped({-1, 56})), "[(n * 3), 56]");
  EXPECT_THAT(reshaped({-1, -1}).sink.errors(), HasSubstr("holds -1 twice"));
  EXPECT_THAT(reshaped({2, -2}).sink.errors(), HasSubstr("holds -2"));
  EXPECT_THAT(reshaped({0, 0, 0, 0, 0}).sink.errors(), HasSubstr("entry 4"));
  EXPECT_THAT(reshaped(Ints(9, 1)).sink.errors(), HasSubstr("rank 9"));
}

TEST(Expand, MakesShapeInputsOfNetworkInputs) {
  Model model = over({int64_t{3}, int64_t{1}}, {"Expand", {"x", "s"}, {"y"}});
  model.input("s", {int64_t{3}}, testing::kInt64);
  const Imported imported(model);
  const expr::Shape& shape = imported.graph.outputs().at(0)->shape();
  EXPECT_EQ(expr::to_string({shape[1], shape[2]}, imported.graph.symbols()), "[3, s[2]]");
  EXPECT_TRUE(expr::has_requirement(shape[0])) << "whether s[1] is 1 or 3";
}

TEST(Expand, RefusesNumbersThatDoNotBroadcast) {
  Model model = over({int64_t{3}, int64_t{1}}, {"Expand", {"x", "s"}, {"y"}});
  model.initializer(testing::int64_tensor("s", {2, 4}));
  EXPECT_THAT(Imported(model).sink.errors(),
              HasSubstr("shapes [3, 1] and [2, 4] do not broadcast"));
}

TEST(Reshape, MakesShapeInputsOfNetworkInputs) {
  Model model = over(kImage, {"Reshape", {"x", "s"}, {"y"}});
  model.input("s", {int64_t{2}}, testing::kInt64);
  const Imported imported(model);
  ASSERT_TRUE(imported.status.ok()) << imported.sink.errors();
  const ir::Value* told = imported.graph.inputs().at(1);
  ASSERT_TRUE(told->type.content.has_value());
  EXPECT_EQ(expr::to_string(*told->type.content, imported.graph.symbols()), "[s[0], s[1]]");
  EXPECT_TRUE(expr::has_requirement(imported.graph.outputs().at(0)->shape()[0]));
}

TEST(Reshape, RefusesShapesThatOnlyARunKnows) {
  Model model = over(kImage, {"Reshape", {"x", "s"}, {"y"}});
  model.input("s", {std::string("rank")}, testing::kInt64);
  const Imported imported(model);
  EXPECT_EQ(imported.status.code, Code::Unsupported);
  EXPECT_THAT(imported.sink.errors(),
              HasSubstr("input 1 (\"s\", the new shape) must be known when the engine is built"));
}

TEST(Slice, CountsFromTheEndOfDynamicAxes) {
  const auto sliced = [](int64_t start, int64_t end, int64_t step) {
    Model model = over({std::string("n")}, {"Slice", {"x", "s", "e", "", "t"}, {"y"}});
    model.initializer(testing::int64_tensor("s", {start}))
        .initializer(testing::int64_tensor("e", {end}))
        .initializer(testing::int64_tensor("t", {step}));
    return shape_of(Imported(model));
  };
  EXPECT_EQ(sliced(0, INT64_MAX, 1), "[n]");
  EXPECT_EQ(sliced(0, -1, 1), "[max((n + -1), 0)]");
  EXPECT_EQ(sliced(2, INT64_MAX, 1), "[max((n + -2), 0)]");
  EXPECT_EQ(sliced(-3, INT64_MAX, 1), "[min(n, 3)]");
  EXPECT_EQ(sliced(0, INT64_MAX, 2), "[ceil(n / 2)]");
  EXPECT_EQ(sliced(0, 3, 1), "[min(n, 3)]");
}

TEST(Dropout, RefusesTraining) {
  Model model = over({int64_t{2}}, {"Dropout", {"x", "ratio", "training"}, {"y"}});
  model.initializer(testing::float_tensor("ratio", {}, {0.5F}))
      .initializer(testing::raw_tensor("training", 9, {}, std::string_view("\1", 1)));
  EXPECT_THAT(Imported(model).sink.errors(), HasSubstr("export the model for inference"));
}

TEST(MaxPool, RefusesToGiveIndices) {
  const auto kernel = attribute("kernel_shape", Ints{2, 2});
  EXPECT_THAT(Imported(over(kImage, {"MaxPool", {"x"}, {"y", "places"}, {kernel}})).sink.errors(),
              HasSubstr("output 1 (\"places\") is asked for, but is not supported"));
  EXPECT_TRUE(Imported(over(kImage, {"MaxPool", {"x"}, {"y", ""}, {kernel}})).status.ok());
}

TEST(Operators, RefuseHostileSizes) {
  Model model(13);
  model.initializer(testing::int64_tensor("s", {int64_t{1} << 62, int64_t{1} << 62}))
      .node({"ConstantOfShape", {"s"}, {"y"}})
      .output("y");
  EXPECT_THAT(Imported(model).sink.errors(), HasSubstr("impossible shape"));
  EXPECT_THAT(
      Imported(over({int64_t{2}},
                    {"Unsqueeze", {"x"}, {"y"}, {attribute("axes", Ints{0, 1, 2, 3, 4, 5, 6, 7})}},
                    11))
          .sink.errors(),
      HasSubstr("rank 9"));
  EXPECT_THAT(
      Imported(over({int64_t{2}}, {"Transpose", {"x"}, {"y"}, {attribute("perm", Ints(20, 0))}}))
          .sink.errors(),
      HasSubstr("20 entries"));
}

TEST(Resize, RefusesHostileExtents) {
  for (const int64_t extent : {int64_t{-2}, int64_t{1} << 25, int64_t{1} << 62}) {
    Model model = over({int64_t{2}, int64_t{3}}, {"Resize", {"x", "", "", "sizes"}, {"y"}});
    model.initializer(testing::int64_tensor("sizes", {2, extent}));
    EXPECT_THAT(Imported(model).sink.errors(),
                HasSubstr("cannot get extent " + std::to_string(extent)));
  }
}

TEST(TopK, TakesItsCountFromExtents) {
  Model model = over({std::string("n"), int64_t{8}}, {"TopK", {"x", "k"}, {"y", "places"}});
  model.initializer(testing::int64_tensor("k", {3})).output("places");
  EXPECT_EQ(shape_of(Imported(model)), "[n, 3]");
  for (const int64_t k : {int64_t{9}, int64_t{-1}, int64_t{1} << 62}) {
    Model hostile = over({std::string("n"), int64_t{8}}, {"TopK", {"x", "k"}, {"y", ""}});
    hostile.initializer(testing::int64_tensor("k", {k}));
    EXPECT_THAT(Imported(hostile).sink.errors(),
                HasSubstr("asks for [" + std::to_string(k) + "] elements of axis 1"));
  }
}

TEST(NonZero, GivesASizeThatOnlyARunTells) {
  const Imported imported(over({int64_t{3}, int64_t{4}}, {"NonZero", {"x"}, {"y"}}));
  const ir::Value* y = imported.graph.find_value("y");
  ASSERT_NE(y, nullptr) << imported.sink.errors();
  ASSERT_TRUE(y->shape()[1].is_symbol());
  const expr::Symbol& size = imported.graph.symbols()[y->shape()[1].symbol_id()];
  EXPECT_EQ(size.upper, expr::Expr(12));
}

TEST(Recurrent, RefusesWhatDoesNotSuit) {
  const auto refusal = [](std::vector<std::string> attributes) {
    Model model = over({int64_t{2}, int64_t{1}, int64_t{3}},
                       {"GRU", {"x", "w", "r"}, {"y"}, std::move(attributes)});
    model.initializer(testing::float_tensor("w", {1, 3, 3}, std::vector<float>(9, 0)))
        .initializer(testing::float_tensor("r", {1, 3, 1}, std::vector<float>(3, 0)));
    return Imported(model).sink.errors();
  };
  EXPECT_EQ(refusal({}), "");
  EXPECT_THAT(refusal({attribute("hidden_size", int64_t{1} << 60)}), HasSubstr("hidden size"));
  EXPECT_THAT(refusal({attribute("hidden_size", int64_t{2})}), HasSubstr("W (input 1) has shape"));
  EXPECT_THAT(refusal({attribute("direction", std::string("sideways"))}),
              HasSubstr("supported are \"forward\""));
}

TEST(Windows, RefuseHostileSizes) {
  Model model(17);
  model.initializer(testing::int64_tensor("s", {int64_t{1} << 40}))
      .node({"HannWindow", {"s"}, {"y"}})
      .output("y");
  EXPECT_THAT(Imported(model).sink.errors(), HasSubstr("is not one number of 0 to 16777216"));
}

TEST(RandomUniform, RefusesHostileShapes) {
  Model model(17);
  model
      .node({"RandomUniform",
             {},
             {"y"},
             {attribute("shape", Ints{int64_t{1} << 40, int64_t{1} << 40})}})
      .output("y");
  EXPECT_THAT(Imported(model).sink.errors(), HasSubstr("impossible shape"));
}

TEST(Signal, RefusesWhatItCannotTransform) {
  const auto refusal = [](const std::vector<Extent>& shape) {
    return Imported(over(shape, {"DFT", {"x"}, {"y"}}, 20)).sink.errors();
  };
  EXPECT_EQ(
      shape_of(Imported(over({int64_t{2}, int64_t{8}, int64_t{1}},
                             {"DFT", {"x"}, {"y"}, {attribute("onesided", int64_t{1})}}, 20))),
      "[2, 5, 2]");
  EXPECT_THAT(refusal({int64_t{2}, int64_t{8}, int64_t{3}}), HasSubstr("must be 1 (real) or 2"));
  EXPECT_THAT(refusal({int64_t{2}, std::string("n"), int64_t{1}}),
              HasSubstr("axis 1 of the signal is dynamic"));
  EXPECT_THAT(refusal({int64_t{1}, int64_t{100000}, int64_t{1}}), HasSubstr("which is too large"));
}

TEST(Det, IsOfSmallSquareMatrices) {
  const auto det = [](const std::vector<Extent>& shape) {
    return Imported(over(shape, {"Det", {"x"}, {"y"}}));
  };
  EXPECT_EQ(shape_of(det({std::string("n"), int64_t{3}, int64_t{3}})), "[n]");
  EXPECT_THAT(det({int64_t{3}, int64_t{2}}).sink.errors(), HasSubstr("the matrices are 3 x 2"));
  EXPECT_THAT(det({int64_t{7}, int64_t{7}}).sink.errors(), HasSubstr("at most 6 rows"));
}

TEST(Unfold, RefusesBlocksThatDoNotFit) {
  const auto folded = [](Ints image, int64_t columns) {
    Model model(18);
    model.input("x", {int64_t{1}, int64_t{8}, columns});
    model.initializer(testing::int64_tensor("image", image));
    model.initializer(testing::int64_tensor("block", Ints{2, 2}));
    model.node({"Col2Im", {"x", "image", "block"}, {"y"}}).output("y");
    return Imported(model);
  };
  EXPECT_EQ(shape_of(folded({3, 4}, 6)), "[1, 2, 3, 4]");
  EXPECT_THAT(folded({3, 4}, 5).sink.errors(), HasSubstr("but blocks of 4 elements at 6 places"));
  EXPECT_THAT(folded({1, 4}, 6).sink.errors(), HasSubstr("blocks of 2 do not fit axis 0"));
}

}  // namespace
}  // namespace tenon::onnx
