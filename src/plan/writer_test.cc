// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is written is what is read; what a reader would refuse is not written.
#include "plan/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "plan/view.h"
#include "test/faults/toy_engine.h"

namespace tenon::plan {
namespace {

using testing::HasSubstr;

AlignedBuffer written(const Plan& plan) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Result<Bytes> file = write(plan, diag);
  if (!file.ok()) throw std::runtime_error(sink.errors());
  AlignedBuffer copy(file->size());
  std::memcpy(copy.data(), file->data(), file->size());
  return copy;
}

std::vector<expr::Code> listed(const CodeList& codes) {
  std::vector<expr::Code> all;
  for (size_t i = 0; i < codes.size(); ++i) all.emplace_back(codes[i].begin(), codes[i].end());
  return all;
}

template <class T>
std::vector<T> listed(std::span<const T> items) {
  return {items.begin(), items.end()};
}

TEST(Writer, GivesEqualBytesForEqualPlans) { EXPECT_EQ(toy::make_engine(), toy::make_engine()); }

TEST(Writer, LeavesOutAnEmptyRecord) {
  Plan plan = toy::make_plan();
  plan.record.clear();
  const AlignedBuffer file = written(plan);
  EXPECT_EQ(View::open(file.bytes())->record(), "");
  const AlignedBuffer with = written(toy::make_plan());
  const auto bytes = file.bytes();
  EXPECT_EQ(without_record(*View::open(with.bytes())), Bytes(bytes.begin(), bytes.end()));
}

TEST(Writer, KeepsTensorsAndSymbols) {
  const Plan plan = toy::make_plan();
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  ASSERT_EQ(view.tensor_count(), plan.tensors.size());
  for (size_t i = 0; i < plan.tensors.size(); ++i) {
    const TensorView tensor = view.tensor(i);
    EXPECT_EQ(tensor.name, plan.tensors[i].name);
    EXPECT_EQ(tensor.dtype, plan.tensors[i].dtype);
    EXPECT_EQ(tensor.layout, plan.tensors[i].layout);
    EXPECT_EQ(tensor.place, plan.tensors[i].place);
    EXPECT_EQ(tensor.offset, plan.tensors[i].offset);
    EXPECT_EQ(tensor.bytes, plan.tensors[i].bytes);
    EXPECT_EQ(listed(tensor.shape), plan.tensors[i].shape);
    EXPECT_EQ(listed(tensor.content), plan.tensors[i].content);
  }
  ASSERT_EQ(view.symbol_count(), plan.symbols.size());
  for (size_t i = 0; i < plan.symbols.size(); ++i) {
    const SymbolView symbol = view.symbol(i);
    EXPECT_EQ(symbol.name, plan.symbols[i].name);
    EXPECT_EQ(symbol.source, plan.symbols[i].source);
    EXPECT_EQ(symbol.tensor, plan.symbols[i].tensor);
    EXPECT_EQ(symbol.step, plan.symbols[i].step);
    EXPECT_EQ(listed(symbol.upper), plan.symbols[i].upper.value_or(expr::Code{}));
  }
}

TEST(Writer, KeepsStepsAndTheirBlobs) {
  const Plan plan = toy::make_plan();
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  ASSERT_EQ(view.step_count(), plan.steps.size());
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const StepView step = view.step(i);
    const Step& expected = plan.steps[i];
    EXPECT_EQ(step.name, expected.name);
    ASSERT_EQ(step.source_count, expected.sources.size());
    EXPECT_EQ(view.source(i, 0), expected.sources[0]);
    EXPECT_EQ(step.family, expected.record.id.family);
    EXPECT_EQ(step.kernel, expected.record.id.name);
    EXPECT_EQ(step.version, expected.record.id.version);
    EXPECT_EQ(listed(step.params), expected.record.params);
    EXPECT_EQ(step.plugin, expected.plugin);
    EXPECT_EQ(step.plugin_library, expected.record.plugin_library);
    EXPECT_EQ(step.metadata, expected.record.metadata);
    EXPECT_EQ(listed(step.inputs), expected.inputs);
    EXPECT_EQ(listed(step.outputs), expected.outputs);
    EXPECT_EQ(step.workspace_bytes, expected.workspace_bytes);
    EXPECT_EQ(step.workspace_offset, expected.workspace_offset);
    ASSERT_EQ(step.packed_count, expected.record.packed.size());
    for (uint32_t blob = 0; blob < step.packed_count; ++blob) {
      const auto packed = view.packed(i, blob);
      EXPECT_EQ(listed(packed.layout), expected.record.packed[blob].layout);
      EXPECT_EQ(listed(packed.data), expected.record.packed[blob].data);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(packed.data.data()) % 64, 0U);
    }
  }
}

TEST(Writer, KeepsTheRest) {
  const Plan plan = toy::make_plan();
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  EXPECT_EQ(view.name(), plan.name);
  EXPECT_EQ(view.target().name, plan.target.name);
  EXPECT_EQ(view.target().l3_bytes, plan.target.l3_bytes);
  EXPECT_EQ(view.arena_bytes(), plan.arena_bytes);
  EXPECT_EQ(view.record(), plan.record);
  EXPECT_EQ(listed(view.constants()), plan.constants);
  EXPECT_EQ(listed(view.inputs()), plan.inputs);
  EXPECT_EQ(listed(view.outputs()), plan.outputs);
  ASSERT_EQ(view.profile_count(), 2U);
  EXPECT_EQ(view.range(1, 0).max, (Dims{8, 3}));
  EXPECT_EQ(listed(view.range(1, 1).max_values), std::vector<int64_t>{4});
}

/// A plan made unsound, and a part of the sentence that says so.
struct Unsound {
  const char* words;
  std::function<void(Plan&)> harm;
};

void expect_refused(std::span<const Unsound> all, Plan (*make)() = toy::make_plan) {
  for (const Unsound& one : all) {
    Plan plan = make();
    one.harm(plan);
    CollectingSink sink;
    Diagnostics diag(sink);
    EXPECT_FALSE(write(plan, diag).ok()) << one.words;
    EXPECT_THAT(sink.errors(), HasSubstr(one.words));
  }
}

TEST(Writer, KeepsDebugTensorsAndRefusesOnesThatNobodyWrites) {
  Plan plan = toy::make_plan();
  const uint32_t written_one = plan.steps[0].outputs[0];
  plan.debug = {{"seen", plan.inputs[0], false}, {"left", written_one, true}};
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  ASSERT_EQ(view.debug_count(), 2U);
  EXPECT_EQ(view.debug(0).name, "seen");
  EXPECT_EQ(view.debug(1).tensor, written_one);
  EXPECT_TRUE(view.debug(1).unfused);
  for (uint32_t i = 0; i < plan.tensors.size(); ++i) {
    if (plan.tensors[i].place == Place::Constant) plan.debug[1].tensor = i;
  }
  EXPECT_THROW(written(plan), std::runtime_error);
  plan.debug[1].tensor = kNoTensor;
  EXPECT_THROW(written(plan), std::runtime_error);
}

TEST(Writer, LeavesWeightsOutAndMakesRoomForThem) {
  Plan plan = toy::make_plan();
  plan.refit = Bytes(100, std::byte{3});
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  EXPECT_EQ(listed(view.refit()), listed(std::span<const std::byte>(plan.refit)));
  const Bytes small(7, std::byte{9});
  const Bytes stripped = without_weights(view, small);
  EXPECT_LT(stripped.size(), file.size());
  EXPECT_FALSE(View::open(stripped, {.inspect_only = true}).ok());
  const auto frame = View::open(stripped, {.inspect_only = true, .frame_only = true});
  ASSERT_TRUE(frame.ok()) << frame.status().what;
  EXPECT_TRUE(frame->is_stripped());

  CollectingSink sink;
  Diagnostics diag(sink);
  const auto roomy = with_room_for_weights(*frame, diag);
  ASSERT_TRUE(roomy.ok()) << sink.errors();
  const auto again = View::open(*roomy, {.verify_weights = true, .inspect_only = true});
  ASSERT_TRUE(again.ok()) << again.status().what;
  EXPECT_FALSE(again->is_stripped());
  EXPECT_EQ(again->constants().size(), view.constants().size());
  EXPECT_EQ(listed(again->section(Section::Program)), listed(view.section(Section::Program)));
  EXPECT_EQ(listed(again->refit()), listed(std::span<const std::byte>(small)));

  const auto whole = View::open(file.bytes(), {.frame_only = true});
  plan.refit.clear();
  const auto plain = written(plan);
  EXPECT_EQ(without_refit(*whole), Bytes(plain.bytes().begin(), plain.bytes().end()));
  EXPECT_FALSE(with_room_for_weights(*View::open(plain.bytes()), diag).ok());
}

TEST(Writer, KeepsTheCapabilityAndTheNetworkOfASafeEngine) {
  const Plan plan = toy::make_safe_plan();
  const AlignedBuffer file = written(plan);
  const View view = View::open(file.bytes()).value();
  EXPECT_EQ(view.capability(), Capability::Safety);
  EXPECT_EQ(listed(view.network()), plan.network);
  const Bytes bare = without_record(view);
  EXPECT_EQ(bare, Bytes(file.bytes().begin(), file.bytes().end()));
  const AlignedBuffer standard = written(toy::make_plan());
  EXPECT_EQ(View::open(standard.bytes())->capability(), Capability::Standard);
  EXPECT_TRUE(View::open(standard.bytes())->network().empty());
}

// Shows S-BLD-2.
TEST(Writer, RefusesPlansThatAreNotAsSafeAsTheySay) {
  const Unsound all[] = {
      {"unknown capability", [](Plan& p) { p.capability = static_cast<Capability>(2); }},
      {"standard engine has a network", [](Plan& p) { p.capability = Capability::Standard; }},
      {"does not tell its network", [](Plan& p) { p.network.clear(); }},
      {"weights that can be replaced", [](Plan& p) { p.refit = Bytes(4); }},
      {"debug tensors",
       [](Plan& p) {
         p.debug = {{"x", 0, false}};
       }},
      {"may not hold", [](Plan& p) { p.steps[0].record.id.family = "dnnl"; }},
      {"more than one thread", [](Plan& p) { p.steps[0].record.threads = 2; }},
      {"allocates memory", [](Plan& p) { p.steps[0].flags = kAllocates; }},
      {"not one shape", [](Plan& p) { p.profiles[1].ranges[0].max[0] = 6; }},
      {"content of a tensor",
       [](Plan& p) {
         p.tensors[0].dtype = DType::I32;
         p.symbols[0].source = SymbolSource::InputContent;
       }},
      {"follows from shapes alone",
       [](Plan& p) {
         p.tensors[2].dtype = DType::I32;
         p.tensors[2].content = {expr::compile(expr::Expr(1)).value()};
       }},
      {"reads a shape from an input",
       [](Plan& p) {
         p.tensors[0].dtype = DType::I32;
         ProfileRange& range = p.profiles[0].ranges[0];
         range.min_values = range.opt_values = range.max_values = {1};
       }},
  };
  expect_refused(all, toy::make_safe_plan);
}

TEST(Writer, RefusesUnsoundStepsAndTensors) {
  const expr::Code constant = expr::compile(expr::Expr(1)).value();
  const Unsound all[] = {
      {"both write tensor", [](Plan& p) { p.steps[3].outputs = p.steps[1].outputs; }},
      {"writes tensor 99", [](Plan& p) { p.steps[3].outputs = {99}; }},
      {"reads no tensor", [](Plan& p) { p.steps[3].inputs = {99}; }},
      {"has no memory", [](Plan& p) { p.tensors[2].place = Place::None; }},
      {"before it is written", [](Plan& p) { p.steps[0].inputs[0] = p.steps[1].outputs[0]; }},
      {"no memory to write to", [](Plan& p) { p.tensors[3].place = Place::None; }},
      {"outside the arena", [](Plan& p) { p.arena_bytes = 64; }},
      {"workspace lies outside", [](Plan& p) { p.steps[2].workspace_bytes = 4096; }},
      {"workspace is not aligned", [](Plan& p) { p.steps[2].workspace_offset = 8; }},
      {"workspace overlaps", [](Plan& p) { p.steps[2].workspace_offset = 512; }},
      {"outside the constants", [](Plan& p) { p.constants.resize(64); }},
      {"not aligned", [](Plan& p) { p.tensors[3].offset = 4; }},
      {"larger than memory", [](Plan& p) { p.tensors[0].bytes = UINT64_MAX; }},
      {"more memory than", [](Plan& p) { p.arena_bytes = UINT64_MAX; }},
      {"unknown type", [](Plan& p) { p.tensors[0].dtype = static_cast<DType>(200); }},
      {"nowhere", [](Plan& p) { p.tensors[3].place = static_cast<Place>(9); }},
      {"unknown layout", [](Plan& p) { p.tensors[0].layout.vector = 0; }},
      {"fewer axes", [](Plan& p) { p.tensors[0].layout = kernel::Layout::hwc(); }},
      {"more than eight", [&](Plan& p) { p.tensors[0].shape.assign(9, constant); }},
      {"not one result", [](Plan& p) { p.tensors[0].shape[0] = {}; }},
      {"unknown symbol", [](Plan& p) { p.symbols.pop_back(); }},
      {"integer type", [&](Plan& p) { p.tensors[3].content = {constant}; }},
      {"content is larger", [&](Plan& p) { p.tensors[4].content.assign(2, constant); }},
      {"no kernel", [](Plan& p) { p.steps[0].record.id.family.clear(); }},
      {"number of threads", [](Plan& p) { p.steps[0].record.threads = 0; }},
  };
  expect_refused(all);
}

TEST(Writer, RefusesUnsoundSymbolsProfilesAndIo) {
  const expr::Code constant = expr::compile(expr::Expr(1)).value();
  const Unsound all[] = {
      {"unknown source", [](Plan& p) { p.symbols[0].source = static_cast<SymbolSource>(7); }},
      {"names no tensor", [](Plan& p) { p.symbols[0].tensor = 99; }},
      {"names no axis", [](Plan& p) { p.symbols[0].axis = 2; }},
      {"no network input", [](Plan& p) { p.symbols[0].tensor = 3; }},
      {"has a bound", [&](Plan& p) { p.symbols[0].upper = constant; }},
      {"has no bound", [](Plan& p) { p.symbols[2].upper.reset(); }},
      {"does not write it", [](Plan& p) { p.symbols[2].step = 1; }},
      {"neither i32 nor i64", [](Plan& p) { p.tensors[7].dtype = DType::F32; }},
      {"beyond its tensor", [](Plan& p) { p.symbols[1].axis = 1; }},
      {"no profile", [](Plan& p) { p.profiles.clear(); }},
      {"one range an input", [](Plan& p) { p.profiles[0].ranges.pop_back(); }},
      {"ranges are out of order", [](Plan& p) { p.profiles[0].ranges[0].tensor = 1; }},
      {"another rank", [](Plan& p) { p.profiles[0].ranges[0].max = {1}; }},
      {"min <= opt <= max", [](Plan& p) { p.profiles[0].ranges[0].max[0] = 0; }},
      {"negative extent", [](Plan& p) { p.profiles[0].ranges[0].min[0] = -1; }},
      {"cannot hold it", [](Plan& p) { p.profiles[0].ranges[0].min_values = {1}; }},
      {"different counts", [](Plan& p) { p.profiles[0].ranges[1].max_values = {}; }},
      {"values are not min", [](Plan& p) { p.profiles[0].ranges[1].max_values = {0}; }},
      {"not bound by the caller", [](Plan& p) { p.inputs[0] = 3; }},
      {"network output names no", [](Plan& p) { p.outputs[0] = 99; }},
      {"is no network input or", [](Plan& p) { p.outputs.pop_back(); }},
      {"stands twice", [](Plan& p) { p.outputs[1] = p.outputs[0]; }},
      {"have one name", [](Plan& p) { p.tensors[8].name = p.tensors[5].name; }},
      {"has no name", [](Plan& p) { p.tensors[8].name.clear(); }},
      {"never written", [](Plan& p) { p.tensors[9].content.clear(); }},
      {"instruction set", [](Plan& p) { p.isa_needed = 1U << 31; }},
  };
  expect_refused(all);
}

}  // namespace
}  // namespace tenon::plan
