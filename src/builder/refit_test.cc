// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines with other weights are those that a new build with these weights gives, bit for bit.
#include "builder/refit.h"

#include <gtest/gtest.h>

#include "builder/builder_test.h"

namespace tenon::builder {
namespace {

using testing::HasSubstr;

/// A convolution with a normalisation, a scale that is all ones and two equal constants: whatever
/// passes fold, drop or share when they may look at numbers.
const char* const kNetwork = R"(graph "net"
input %x : f32[N, 3, 8, 8]
%w1 : f32[4, 3, 3, 3] = constant {data = splat(0)}
%b1 : f32[4] = constant {data = splat(0)}
%c1 : f32[N, 4, 8, 8] = convolution(%x, %w1, %b1) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv1"
%g : f32[4] = constant {data = splat(2)}
%s : f32[4] = constant {data = splat(1)}
%m : f32[4] = constant {data = splat(1)}
%v : f32[4] = constant {data = splat(4)}
%n : f32[N, 4, 8, 8] = batch_norm(%c1, %g, %s, %m, %v) "norm"
%r : f32[N, 4, 8, 8] = activation(%n) "relu"
%ones : f32[1, 4, 1, 1] = constant {data = splat(1)}
%t : f32[N, 4, 8, 8] = element_wise(%r, %ones) {kind = mul} "times"
%y : f32[N, 4, 8, 8] = softmax(%t) {axis = 1} "soft"
output %y
)";

class RefitTest : public BuildFixture {
 protected:
  RefitTest() {
    use_ref();
    config.passes.evaluator = &evaluator_;
    InputRange range{"x", {1, 3, 8, 8}, {2, 3, 8, 8}, {4, 3, 8, 8}, {}, {}, {}};
    config.profiles = {{{range}}};
    config.refit = Refit::Any;
    for (const char* name : {"w1", "b1", "g", "s", "m", "v", "ones"}) {
      config.weights.push_back({name, name, "", 0});
    }
  }

  /// Puts a constant's numbers into a graph.
  static void put(ir::Graph& graph, const char* name, ops::ConstantRef data) {
    graph.find_value(name)->producer()->as<ops::Constant>()->data = std::move(data);
  }
  ops::ConstantRef splat(const Dims& dims, float value) {
    return ops::ConstantData::of<float>(
        dims, std::vector<float>(static_cast<size_t>(dims.volume()), value));
  }
  static void set(RefitRecord& record, std::string_view name, ops::ConstantRef data) {
    for (const RefitRecord::Name& one : record.names()) {
      if (one.names.name == name) record.set(one.constant, data);
    }
  }
  RefitRecord record_of(const plan::Plan& plan) {
    auto record = RefitRecord::read(plan.refit, nullptr, diag);
    EXPECT_TRUE(record.ok()) << sink.errors();
    return std::move(*record);
  }
  Result<Bytes> refitted(const RefitRecord& record, const plan::Plan& plan) {
    auto made = record.build(registry, reformats, evaluator_, plan.target, diag);
    if (!made.ok()) return made.status();
    made->record = plan.record;
    return plan::write(*made, diag);
  }

  /// Folds with the reference kernels.
  class RefEvaluator final : public ir::Evaluator {
   public:
    Result<std::vector<ops::ConstantRef>> evaluate(const ir::Node& node) override {
      std::vector<const ops::ConstantData*> inputs;
      for (const ir::Value* input : node.inputs()) {
        inputs.push_back(input == nullptr ? nullptr : input->constant());
      }
      return ref::evaluate(node.op, inputs);
    }
  } evaluator_;
};

TEST_F(RefitTest, GivesTheBytesOfANewBuild) {
  for (const int level : {0, 1}) {
    config.level = level;
    tune::TimingCache cache(config.target.fingerprint());
    config.cache = &cache;
    const auto graph = graph_of(kNetwork);
    const auto plan = build_plan(*graph);
    ASSERT_TRUE(plan.ok()) << sink.errors();
    RefitRecord record = record_of(*plan);
    const auto same = refitted(record, *plan);
    ASSERT_TRUE(same.ok()) << sink.errors();
    EXPECT_EQ(*same, *plan::write(*plan, diag));

    const std::pair<const char*, ops::ConstantRef> changes[] = {
        {"w1", random_tensor({4, 3, 3, 3})},
        {"g", random_tensor({4})},
        {"m", splat({4}, 1)},
        {"ones", random_tensor({1, 4, 1, 1})},
        {"b1", ops::ConstantData::of<float>({4}, std::vector<float>{0, 0, 0, 0})}};
    for (const auto& [name, data] : changes) {
      put(*graph, name, data);
      set(record, name, data);
    }
    const auto fresh = build_plan(*graph);
    ASSERT_TRUE(fresh.ok()) << sink.errors();
    const auto other = refitted(record, *plan);
    ASSERT_TRUE(other.ok()) << sink.errors();
    EXPECT_EQ(*other, *plan::write(*fresh, diag)) << "level " << level;
    EXPECT_NE(*other, *same);
    Engine engine = load(*record.build(registry, reformats, evaluator_, plan->target, diag));
    expect_equal(engine, *graph, {{"x", random_tensor({3, 3, 8, 8})}});
  }
}

TEST_F(RefitTest, MakesAStrippedRecordWholeAgain) {
  config.refit = Refit::Identical;
  const auto graph = graph_of(kNetwork);
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  RefitRecord record = record_of(*plan);
  EXPECT_EQ(record.mode(), Refit::Identical);
  for (const RefitRecord::Name& one : record.names()) {
    const RefitConstant& constant = record.constants()[one.constant];
    EXPECT_EQ(constant.data, nullptr);
    EXPECT_TRUE(constant.refittable);
    const ops::ConstantRef data =
        graph->find_value(one.names.value)->producer()->as<ops::Constant>()->data;
    EXPECT_EQ(constant.dims, data->dims());
    record.set(one.constant, data);
  }
  const auto whole = refitted(record, *plan);
  ASSERT_TRUE(whole.ok()) << sink.errors();
  EXPECT_EQ(*whole, *plan::write(*plan, diag));
}

TEST_F(RefitTest, KeepsWhatCannotBeReplacedWhenStripped) {
  config.weights = {{"w1", "kernel", "conv1", 0}, {"w1", "", "other", 4}};
  const auto plan = build_plan(*graph_of(kNetwork));
  ASSERT_TRUE(plan.ok()) << sink.errors();
  const RefitRecord record = record_of(*plan);
  const Bytes stripped = record.write(false);
  EXPECT_LT(stripped.size(), plan->refit.size());
  EXPECT_EQ(record.write(true), plan->refit);
  const auto left = RefitRecord::read(stripped, nullptr, diag);
  ASSERT_TRUE(left.ok()) << sink.errors();
  size_t missing = 0;
  for (const RefitConstant& constant : left->constants()) missing += constant.data == nullptr;
  EXPECT_EQ(missing, 1U);
  ASSERT_EQ(left->names().size(), 2U);
  EXPECT_EQ(left->names()[0].names.layer, "conv1");
}

TEST_F(RefitTest, NamesWhatIsNotThere) {
  config.weights.push_back({"nowhere", "w7", "", 0});
  EXPECT_FALSE(build_plan(*graph_of(kNetwork)).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("the network has no constant 'nowhere'"));
}

TEST_F(RefitTest, RefusesEveryCutOfItsBytes) {
  const auto plan = build_plan(*graph_of(kNetwork));
  ASSERT_TRUE(plan.ok()) << sink.errors();
  CollectingSink unheard;
  Diagnostics quiet(unheard);
  for (size_t size = 0; size < plan->refit.size(); ++size) {
    EXPECT_FALSE(RefitRecord::read(std::span(plan->refit).first(size), nullptr, quiet).ok());
  }
  for (size_t at = 0; at < plan->refit.size(); ++at) {
    Bytes damaged = plan->refit;
    damaged[at] ^= std::byte{0x81};
    const auto record = RefitRecord::read(damaged, nullptr, quiet);
    // Numbers may differ; what is read at all must be safe to build from.
    if (record.ok()) (void)record->build(registry, reformats, evaluator_, plan->target, quiet);
  }
}

}  // namespace
}  // namespace tenon::builder
