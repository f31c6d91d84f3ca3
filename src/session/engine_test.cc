// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading: what an engine tells about itself, and what is refused.
#include "session/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "plan/writer.h"
#include "test/faults/toy_engine.h"

namespace tenon::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Loading : public testing::Test {
 protected:
  Result<std::shared_ptr<const Engine>> load(const plan::Plan& plan,
                                             const LoadOptions& options = {}) {
    TENON_ASSIGN(const Bytes file, plan::write(plan, diag_));
    return Engine::load_copy(file, loaders_, target_, options, diag_);
  }
  std::string refusal(const plan::Plan& plan) {
    EXPECT_FALSE(load(plan).ok());
    return sink_.errors();
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_};
  toy::Loaders loaders_;
  device::Target target_;
};

TEST_F(Loading, TellsOfInputsAndOutputs) {
  const auto engine = load(toy::make_plan()).value();
  ASSERT_EQ(engine->io().size(), 5U);
  EXPECT_EQ(engine->input_count(), 2U);
  const IoTensor& x = engine->io()[0];
  EXPECT_EQ(x.name, "x");
  EXPECT_TRUE(x.is_input);
  EXPECT_FALSE(x.is_shape);
  EXPECT_EQ(x.dims, (Dims{-1, 3}));
  EXPECT_TRUE(engine->io()[1].is_shape);
  EXPECT_EQ(engine->io()[1].dtype, DType::I32);
  EXPECT_EQ(engine->find_io("positive"), std::optional<size_t>(3));
  EXPECT_EQ(engine->find_io("nobody"), std::nullopt);
  EXPECT_EQ(engine->io_names(), "'x', 'k', 'rows', 'positive', 'extents'");
}

TEST_F(Loading, TellsOfProfilesAndSizes) {
  const auto engine = load(toy::make_plan()).value();
  EXPECT_EQ(engine->name(), "toy");
  EXPECT_EQ(engine->profile_count(), 2U);
  EXPECT_EQ(engine->profile_dims(1, 0, Select::Min), (Dims{1, 3}));
  EXPECT_EQ(engine->profile_dims(1, 0, Select::Opt), (Dims{2, 3}));
  EXPECT_EQ(engine->profile_dims(1, 0, Select::Max), (Dims{8, 3}));
  EXPECT_THAT(engine->profile_values(1, 1, Select::Max), ElementsAre(4));
  EXPECT_TRUE(engine->profile_values(1, 0, Select::Max).empty());
  EXPECT_EQ(engine->device_memory_bytes(), 2048U);
  EXPECT_GE(engine->weight_bytes(), 128U + 12U);
  EXPECT_THAT(std::string(engine->record_json()), HasSubstr("made by a test"));
}

TEST_F(Loading, GivesKernelsTheGreatestShapes) {
  struct Spying final : kernel::LoaderTable {
    [[nodiscard]] const kernel::LoadFunction* find_loader(
        std::string_view /*family*/) const noexcept override {
      return &load;
    }
    kernel::LoadFunction load;
  } spying;
  std::vector<Dims> outputs;
  spying.load = [&](const kernel::RecordView& record, Diagnostics& diag) {
    outputs.push_back(record.outputs[0].dims);
    return (*loaders_.find_loader("toy"))(record, diag);
  };
  const Bytes file = toy::make_engine();
  ASSERT_TRUE(Engine::load_copy(file, spying, target_, {}, diag_).ok());
  EXPECT_THAT(outputs, ElementsAre(Dims{8, 3}, Dims{32, 3}, Dims{96}, Dims{96}));
}

TEST_F(Loading, UsesAMappedFileInPlace) {
  const std::string path = testing::TempDir() + "toy.engine";
  ASSERT_TRUE(write_file(path, toy::make_engine(), diag_).ok());
  MappedFile file = MappedFile::open(path, diag_).value();
  const std::byte* begin = file.bytes().data();
  const auto engine = Engine::load(std::move(file), loaders_, target_, {}, diag_).value();
  EXPECT_EQ(engine->plan().bytes().data(), begin);
  std::remove(path.c_str());
}

// Shows S-BLD-3.
TEST_F(Loading, TakesSafeEnginesOnlyWhereTheyAreExpected) {
  EXPECT_THAT(refusal(toy::make_safe_plan()), HasSubstr("it is a safe engine"));
  const LoadOptions safe{.safe = true};
  EXPECT_FALSE(Engine::load_copy(toy::make_engine(), loaders_, target_, safe, diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("built with EngineCapability::kSTANDARD"));
}

TEST_F(Loading, NamesMissingInstructionSets) {
  plan::Plan plan = toy::make_plan();
  plan.isa_needed = 1U << static_cast<unsigned>(device::Isa::Avx512Vnni);
  plan.target.name = "a newer processor";
  target_.name = "an older processor";
  const std::string words = refusal(plan);
  EXPECT_THAT(words, HasSubstr("it needs avx512_vnni"));
  EXPECT_THAT(words, HasSubstr("an older processor"));
  EXPECT_THAT(words, HasSubstr("built for [a newer processor | "));
}

TEST_F(Loading, NamesKernelsThatCannotBeMade) {
  plan::Plan plan = toy::make_plan();
  plan.steps[1].record.id.family = "elsewhere";
  EXPECT_THAT(refusal(plan), HasSubstr("no backend 'elsewhere'"));
  plan.steps[1].record.id = {"toy", "repeat", 9};
  EXPECT_THAT(refusal(plan), HasSubstr("layer \"repeat\": there is no kernel toy/repeat@9"));
  plan = toy::make_plan();
  plan.steps[0].record.packed[0].data.pop_back();
  EXPECT_THAT(refusal(plan), HasSubstr("the record does not fit the kernel"));
}

TEST_F(Loading, RefusesExtentsThatNobodyCanCompute) {
  plan::Plan plan = toy::make_plan();
  const expr::Expr n = expr::Expr::symbol(0);
  const expr::Expr zero = n - n;  // NOLINT(misc-redundant-expression): known only when computed
  plan.tensors[3].shape[0] = expr::compile(expr::floor_div(n, zero)).value();
  EXPECT_THAT(refusal(plan), HasSubstr("tensor 'scaled' cannot be computed for any profile"));
}

TEST_F(Loading, RefusesContentOfASizeNotKnownYet) {
  plan::Plan plan = toy::make_plan();
  plan.tensors[4].content[0] = expr::compile(expr::Expr::symbol(2)).value();
  EXPECT_THAT(refusal(plan),
              HasSubstr("tensor 'repeats' is computed from a size that is not known"));
}

TEST_F(Loading, VerifiesWeightsWhenAsked) {
  Bytes file = toy::make_engine();
  AlignedBuffer copy(file.size());
  std::memcpy(copy.data(), file.data(), file.size());
  const auto constants = plan::View::open(copy.bytes())->constants();
  file[static_cast<size_t>(constants.data() - copy.data())] ^= std::byte{1};
  EXPECT_TRUE(Engine::load_copy(file, loaders_, target_, {}, diag_).ok());
  EXPECT_FALSE(Engine::load_copy(file, loaders_, target_, {.verify_weights = true}, diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("section 'constants' does not match"));
}

TEST_F(Loading, NamesTheItemThatIsWrong) {
  Bytes nothing;
  EXPECT_FALSE(Engine::load_copy(nothing, loaders_, target_, {}, diag_).ok());
  EXPECT_THAT(sink_.errors(), HasSubstr("cannot load the engine: the engine file is empty"));
}

}  // namespace
}  // namespace tenon::session
