// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records, their checks, and what the backend declines.
#include <gmock/gmock.h>

#include "backends/ref/candidate.h"
#include "backends/ref/ref_test.h"
#include "backends/ref/register.h"

namespace tenon::ref {
namespace {

using kernel::TensorDesc;
using testing::HasSubstr;

kernel::PortInfo port(DType dtype, const Dims& dims, expr::Shape shape) {
  kernel::PortInfo info;
  info.dtype = dtype;
  info.min = info.opt = info.max = dims;
  info.shape = std::move(shape);
  return info;
}
kernel::PortInfo f32(const Dims& dims) { return port(DType::F32, dims, expr::to_shape(dims)); }
TensorDesc desc(const Dims& dims) { return {DType::F32, {}, dims, 0}; }

class RefRecord : public testing::Test {
 protected:
  RefRecord() : diag(sink) {}
  std::unique_ptr<kernel::Instance> instance(const ops::Op& op,
                                             std::vector<kernel::PortInfo> inputs,
                                             std::vector<kernel::PortInfo> outputs) {
    const kernel::NodeInfo node{&op, "node", std::move(inputs), std::move(outputs)};
    const Row* row = find_kernel(ops::name_of(op));
    auto record = make_record(*row, node, diag);
    if (!record.ok()) return nullptr;
    holder = std::make_unique<kernel::RecordHolder>(*record, "node", std::span<TensorDesc>(),
                                                    std::span<TensorDesc>());
    auto made = load(holder->view(), diag);
    if (!made.ok()) return nullptr;
    loaded = std::move(*made);
    return std::move(loaded->create_instance({})).value();
  }

  CollectingSink sink;
  Diagnostics diag;
  std::unique_ptr<kernel::RecordHolder> holder;
  std::unique_ptr<kernel::Loaded> loaded;
};

TEST(RefList, HasARowForEveryOperatorButForeignAndBorders) {
#define TENON_OP(Struct, text, layer)                                                      \
  EXPECT_EQ(find_kernel(text) == nullptr,                                                  \
            std::string_view(text) == "foreign" || ops::is_border(ops::Op(ops::Struct()))) \
      << text;
#include "ops/ops.def"
#undef TENON_OP
}

TEST_F(RefRecord, DeclinesTypesItLacksAndSaysSo) {
  kernel::Registry registry;
  register_kernels(registry);
  const ops::Op op = ops::Softmax{0, false};
  kernel::NodeInfo node{&op, "s", {port(DType::F8E4M3, {3}, {3})}, {port(DType::F8E4M3, {3}, {3})}};
  EXPECT_TRUE(kernel::candidates_for(registry, node, device::Target{}, diag).empty());
  ASSERT_EQ(sink.entries.size(), 1U);
  EXPECT_EQ(sink.entries[0].severity, Severity::Info);
  EXPECT_EQ(sink.entries[0].text, "ref: softmax of f8e4m3 (input 0) is not there: cast it");
}

TEST_F(RefRecord, AcceptsOnlyShapesThatFollow) {
  const auto add = instance(ops::ElementWise{}, {f32({2}), f32({2})}, {f32({2})});
  ASSERT_NE(add, nullptr);
  const TensorDesc two[] = {desc({2}), desc({2})}, mixed[] = {desc({2}), desc({3})};
  EXPECT_TRUE(add->on_shapes(two, std::span(two).first(1)).ok());
  EXPECT_FALSE(add->on_shapes(mixed, std::span(mixed).last(1)).ok());
  EXPECT_THAT(std::string(add->last_error()), HasSubstr("do not broadcast"));
  EXPECT_FALSE(add->on_shapes(two, std::span(mixed).last(1)).ok());
  EXPECT_THAT(std::string(add->last_error()), HasSubstr("output 0 is given as f32 3 (linear)"));
  EXPECT_FALSE(add->on_shapes(std::span(two).first(1), std::span(two).first(1)).ok());
  TensorDesc other = desc({2});
  other.layout = kernel::Layout::hwc();
  const TensorDesc last[] = {desc({2}), other};
  EXPECT_FALSE(add->on_shapes(last, std::span(two).first(1)).ok());
}

TEST_F(RefRecord, AReshapeOfADynamicBatchTakesTheOutputsExtents) {
  expr::SymbolTable symbols;
  const expr::Expr n = symbols.named("N");
  const auto reshape = instance(ops::Reshape{{n, 6}}, {port(DType::F32, {4, 2, 3}, {n, 2, 3})},
                                {port(DType::F32, {4, 6}, {n, 6})});
  ASSERT_NE(reshape, nullptr);
  const TensorDesc in[] = {desc({5, 2, 3})}, out[] = {desc({5, 6})}, wrong[] = {desc({4, 6})};
  EXPECT_TRUE(reshape->on_shapes(in, out).ok());
  EXPECT_FALSE(reshape->on_shapes(in, wrong).ok());
}

TEST_F(RefRecord, ASliceOfTheLastRowFollowsTheBatch) {
  expr::SymbolTable symbols;
  const expr::Expr n = symbols.named("N");
  const auto last =
      instance(ops::Slice{{n - 1}, {2}, {-1}}, {port(DType::F32, {4}, {n})}, {f32({2})});
  ASSERT_NE(last, nullptr);
  const TensorDesc in[] = {desc({3})}, out[] = {desc({2})}, one[] = {desc({1})};
  ASSERT_TRUE(last->on_shapes(in, out).ok());
  const float x[] = {10, 11, 12};
  float y[2] = {};
  const void* inputs[] = {x};
  void* outputs[] = {y};
  ASSERT_TRUE(last->run({in, out, inputs, outputs, nullptr, nullptr}).ok());
  EXPECT_THAT(y, testing::ElementsAre(12, 11));
  EXPECT_FALSE(last->on_shapes(one, out).ok());
  EXPECT_THAT(std::string(last->last_error()), HasSubstr("whose extent is 1"));
}

TEST_F(RefRecord, DeclinesASliceThatDependsOnASizeElsewhere) {
  expr::SymbolTable symbols;
  const ops::Op op = ops::Slice{{symbols.named("elsewhere")}, {2}, {1}};
  const kernel::NodeInfo node{&op, "s", {f32({4})}, {f32({2})}};
  EXPECT_FALSE(supports(*find_kernel("slice"), node, diag).ok());
  EXPECT_THAT(sink.entries.at(0).text, HasSubstr("no extent of the input"));
}

TEST_F(RefRecord, DamagedRecordsAreRefused) {
  const ops::Op ops[] = {ops::Softmax{0, true}, ops::Slice{{1}, {2}, {1}},
                         ops::Constant{tensor({2}, {1, 2})}};
  for (const ops::Op& op : ops) {
    const kernel::NodeInfo node{&op, "node", {f32({4})}, {f32({2})}};
    const Row* row = find_kernel(ops::name_of(op));
    const auto record = make_record(*row, node, diag);
    ASSERT_TRUE(record.ok());
    for (Bytes bytes = record->params; !bytes.empty();) {
      bytes.pop_back();
      kernel::Record damaged = *record;
      damaged.params = bytes;
      const kernel::RecordHolder half(damaged, "node", {}, {});
      EXPECT_EQ(load(half.view(), diag).status().code, Code::InvalidPlan) << ops::name_of(op);
    }
    kernel::Record longer = *record;
    longer.params.push_back(std::byte{1});
    if (!longer.packed.empty()) longer.packed[0].data.pop_back();
    const kernel::RecordHolder more(longer, "node", {}, {});
    EXPECT_FALSE(load(more.view(), diag).ok()) << ops::name_of(op);
  }
}

TEST_F(RefRecord, AnotherVersionIsRefusedByName) {
  kernel::Record record;
  record.id = {"ref", "softmax", 77};
  const kernel::RecordHolder other(record, "probabilities", {}, {});
  EXPECT_FALSE(load(other.view(), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("layer 'probabilities' needs kernel ref/softmax@77"));
}

TEST(RefEvaluate, FailsInSilenceWhereNothingCanBeComputed) {
  const auto x = tensor({2}, {1, 2});
  const ops::ConstantData* inputs[] = {x.get()};
  EXPECT_FALSE(evaluate(ops::Foreign{}, {}).ok());
  EXPECT_FALSE(evaluate(ops::Softmax{3, false}, inputs).ok());
  EXPECT_FALSE(evaluate(ops::ElementWise{}, inputs).ok());
  EXPECT_EQ(evaluate(ops::Expand{{1 << 20, 2}}, inputs, 1 << 20).status().code, Code::OutOfMemory);
}

}  // namespace
}  // namespace tenon::ref
