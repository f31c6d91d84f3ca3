// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Programs as bytes, and engines that an enemy wrote.
#include "control/control_test.h"

namespace tenon::control {

namespace {

Program sample() {
  Program program;
  program.kind = Kind::Loop;
  program.count = 1;
  program.slices = {{0, 1, true}};
  program.states = {{2, 0}};
  program.feeds = {{{From::Slice, 0}, {From::State, 0}, {From::Node, 3}}};
  program.outputs = {{Gives::State, 0}, {Gives::Stack, 1, 2, true, 1}, {Gives::Trips}};
  return program;
}

TEST(Program, ComesBackFromItsBytes) {
  const Bytes bytes = pack(sample());
  const auto read = unpack(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(pack(*read), bytes);
  EXPECT_EQ(read->feeds, sample().feeds);
}

TEST(Program, RefusesWhatIsCutShortOrTooLong) {
  Bytes bytes = pack(sample());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(unpack(std::span(bytes).first(size)).ok()) << size;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(unpack(bytes).ok());
}

TEST(Program, RefusesWhatIsNotThere) {
  const auto refused = [](auto&& damage) {
    Program program = sample();
    damage(program);
    return !unpack(pack(program)).ok();
  };
  EXPECT_TRUE(refused([](Program& p) { p.feeds[0][0].index = 1; }));
  EXPECT_TRUE(refused([](Program& p) { p.feeds[0][1].index = 1; }));
  EXPECT_TRUE(refused([](Program& p) { p.outputs[0].source = 1; }));
  EXPECT_TRUE(refused([](Program& p) { p.outputs[0].gives = Gives::Taken; }));
  EXPECT_TRUE(refused([](Program& p) { p.feeds.clear(); }));
  EXPECT_TRUE(refused([](Program& p) { p.count.reset(); }));
  EXPECT_TRUE(refused([](Program& p) { p.goes_on = While::Region; }));
  EXPECT_TRUE(refused([](Program& p) { p.kind = Kind::Conditional; }));
}

struct Damage : ControlFixture {};

TEST_F(Damage, IsRefusedWhereverItIs) {
  const auto graph = graph_of(R"(input %x : f32[2]
%n : i32[] = constant {data = [3]}
%a : f32[2] = recurrence(%x, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[2] = unary(%a) {kind = sin}
%y : f32[2] = loop_output(%a) {loop = 1}
output %y
)");
  auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  const auto loads = [&](const plan::Plan& damaged) {
    CollectingSink unheard;
    Diagnostics quiet(unheard);
    const auto bytes = plan::write(damaged, quiet);
    if (!bytes.ok()) return false;
    const auto engine =
        session::Engine::load_copy(*bytes, registry, device::local_target(), {}, quiet);
    if (!engine.ok()) return false;
    // What is accepted must run within its bounds.
    auto context = session::Context::create(*engine, {}, quiet);
    std::vector<float> x(2), y(2);
    if (!context.ok() || (*engine)->io().size() != 2) return true;
    (void)(*context)->set_tensor_address(0, x.data(), quiet);
    (void)(*context)->set_tensor_address(1, y.data(), quiet);
    (void)(*context)->run({}, quiet);
    return true;
  };
  ASSERT_TRUE(loads(*plan));
  kernel::Record& record = plan->steps[0].record;
  const Bytes params = record.params;
  for (size_t i = 0; i < params.size(); ++i) {
    for (const int bit : {0, 1, 7}) {
      record.params = params;
      record.params[i] ^= std::byte(1 << bit);
      (void)loads(*plan);
    }
  }
  record.params = params;
  record.packed[0].data.resize(record.packed[0].data.size() / 2);
  EXPECT_FALSE(loads(*plan));
  record.packed.clear();
  EXPECT_FALSE(loads(*plan));
}

}  // namespace

}  // namespace tenon::control
