// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a listener is shown, and when; and engines without weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/writer.h"
#include "session/context.h"
#include "test/faults/toy_engine.h"

namespace tenon::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Keeps names and extents, and the elements of float tensors.
class Notes final : public TensorListener {
 public:
  bool on_tensor(std::string_view name, const void* data, DType dtype, const Dims& dims,
                 const device::Stream&) noexcept override {
    seen.push_back(std::string(name) + " " + to_string(dims));
    const auto* floats = static_cast<const float*>(data);
    if (dtype == DType::F32) elements.assign(floats, floats + dims.volume());
    return name != refused;
  }
  std::vector<std::string> seen;
  std::vector<float> elements;
  std::string refused = "nothing";
};

class ShowTest : public testing::Test {
 protected:
  ShowTest() {
    plan::Plan plan = toy::make_plan();
    for (uint32_t i = 0; i < plan.tensors.size(); ++i) {
      const plan::Place place = plan.tensors[i].place;
      bool made = place == plan::Place::Input;
      for (const plan::Step& step : plan.steps) {
        made |= std::find(step.outputs.begin(), step.outputs.end(), i) != step.outputs.end();
      }
      if (made) plan.debug.push_back({plan.tensors[i].name, i, false});
    }
    file = std::move(plan::write(plan, diag)).value();
    context = std::move(Context::create(load(file), {}, diag)).value();
    void* const memory[] = {x, &k, rows, positive, extents};
    for (size_t io = 0; io < 5; ++io) {
      EXPECT_TRUE(context->set_tensor_address(io, memory[io], diag).ok());
    }
    EXPECT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  }

  std::shared_ptr<const Engine> load(const Bytes& bytes) {
    auto engine = Engine::load_copy(bytes, loaders, device::Target{}, {}, diag);
    EXPECT_TRUE(engine.ok()) << sink.errors();
    return *engine;
  }
  void show(std::string_view name) {
    const plan::View& plan = context->engine().plan();
    for (size_t i = 0; i < plan.debug_count(); ++i) {
      if (plan.debug(i).name == name) context->show_tensor(i, true);
    }
  }

  toy::Loaders loaders;
  CollectingSink sink;
  Diagnostics diag{sink};
  Bytes file;
  std::unique_ptr<Context> context;
  Notes notes;
  float x[24] = {1, 2, 3, 4, 5, -6}, rows[96] = {}, positive[96] = {};
  int32_t k = 2;
  int64_t extents[2] = {};
};

TEST_F(ShowTest, ShowsWhatIsSwitchedOnInTheOrderOfComputing) {
  context->set_tensor_listener(&notes);
  ASSERT_TRUE(context->run({}, diag).ok()) << sink.errors();
  EXPECT_TRUE(notes.seen.empty());
  show("positive");
  show("x");
  show("rows");
  ASSERT_TRUE(context->run({}, diag).ok()) << sink.errors();
  // positive has its own extents already: six of eight elements pass, each row stands twice.
  EXPECT_THAT(notes.seen, ElementsAre("x 2x3", "rows 4x3", "positive 10"));
  EXPECT_EQ(notes.elements, std::vector<float>(positive, positive + 10));
  context->set_tensor_listener(nullptr);
  notes.seen.clear();
  ASSERT_TRUE(context->run({}, diag).ok());
  EXPECT_TRUE(notes.seen.empty());
}

TEST_F(ShowTest, FailsTheRunWhenTheListenerSaysSo) {
  context->set_tensor_listener(&notes);
  show("rows");
  notes.refused = "rows";
  EXPECT_FALSE(context->run({}, diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("the debug listener refused tensor 'rows'"));
}

TEST_F(ShowTest, RefusesAContextOfAnEngineWithoutWeights) {
  LoadOptions options;
  options.without_weights = true;
  const auto engine = Engine::load_copy(file, loaders, device::Target{}, options, diag);
  ASSERT_TRUE(engine.ok()) << sink.errors();
  EXPECT_FALSE((*engine)->has_weights());
  EXPECT_EQ((*engine)->io().size(), 5U);
  EXPECT_FALSE(Context::create(*engine, {}, diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("stripped of its weights: refit it"));
}

}  // namespace
}  // namespace tenon::session
