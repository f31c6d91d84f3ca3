// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Contexts at work: answers, shapes that change, sizes found on the way, and what is refused.
#include "session/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "plan/writer.h"
#include "test/faults/allocations.h"
#include "test/faults/toy_engine.h"

namespace tenon::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum Io : size_t { kX, kK, kRows, kPositive, kExtents };

/// A toy engine, a context, and memory for all it reads and writes.
class Toy {
 public:
  explicit Toy(const plan::Plan& plan = toy::make_plan(), const ContextOptions& options = {}) {
    Result<Bytes> file = plan::write(plan, diag);
    const toy::Loaders loaders(&calls);
    if (file.ok()) {
      auto engine = Engine::load_copy(*file, loaders, device::Target{}, {}, diag);
      if (engine.ok()) context = std::move(Context::create(*engine, options, diag)).value();
    }
    if (context == nullptr) throw std::runtime_error(sink.errors());
    void* const memory[] = {x, &k, rows, positive, extents};
    for (size_t io = 0; io < 5; ++io) ok(context->set_tensor_address(io, memory[io], diag));
    for (int i = 0; i < 24; ++i) x[i] = static_cast<float>(i % 5 - 2);
  }

  void ok(Status status) { EXPECT_TRUE(status.ok()) << sink.errors(); }
  void run() { ok(context->run({}, diag)); }
  void shape(int64_t n) { ok(context->set_input_shape(kX, {n, 3}, diag)); }

  /// What was said since the last time.
  std::string said() {
    std::string words = sink.errors();
    sink.entries.clear();
    return words;
  }

  /// Compares all outputs with the definition of the toy engine.
  void expect_right(int64_t n) {
    const float scale[] = {2, 3, 4}, bias[] = {1, -1, 0};
    std::vector<float> expected, hits;
    for (int64_t row = 0; row < n * k; ++row) {
      for (int column = 0; column < 3; ++column) {
        expected.push_back(x[row / k * 3 + column] * scale[column] + bias[column]);
        if (expected.back() > 0) hits.push_back(expected.back());
      }
    }
    EXPECT_EQ(std::vector<float>(rows, rows + expected.size()), expected);
    EXPECT_EQ(context->tensor_shape(kPositive), (Dims{static_cast<int64_t>(hits.size())}));
    EXPECT_EQ(std::vector<float>(positive, positive + hits.size()), hits);
    EXPECT_THAT(extents, ElementsAre(n * k, 3));
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  toy::Calls calls;
  std::unique_ptr<Context> context;
  float x[24] = {}, rows[96] = {}, positive[96] = {};
  int32_t k = 2;
  int64_t extents[2] = {};
};

TEST(Context, GivesTheRightAnswer) {
  Toy toy;
  toy.shape(3);
  toy.run();
  toy.expect_right(3);
}

TEST(Context, FollowsChangesOfShapesAndContent) {
  Toy toy;
  for (const int64_t n : {1, 4, 2}) {
    for (const int32_t k : {2, 1}) {
      toy.shape(n);
      toy.k = k;
      toy.run();
      toy.expect_right(n);
    }
  }
}

TEST(Context, FollowsSizesThatChangeFromRunToRun) {
  Toy toy;
  toy.shape(4);
  toy.run();
  for (float& value : toy.x) value = -7;
  toy.run();
  toy.expect_right(4);
  EXPECT_EQ(toy.context->tensor_shape(kPositive), Dims{0});
  for (float& value : toy.x) value = 7;
  toy.run();
  toy.expect_right(4);
  EXPECT_EQ(toy.context->tensor_shape(kPositive), Dims{24});
}

TEST(Context, KnowsShapesAsSoonAsTheyFollow) {
  Toy toy;
  EXPECT_EQ(toy.context->tensor_shape(kX), (Dims{-1, 3}));
  EXPECT_EQ(toy.context->tensor_shape(kK), Dims{1});
  EXPECT_EQ(toy.context->tensor_shape(kRows), (Dims{-1, 3}));
  EXPECT_TRUE(toy.context->is_unspecified(kX));
  EXPECT_FALSE(toy.context->is_unspecified(kK));
  EXPECT_EQ(toy.context->max_output_bytes(kRows), 384U);
  toy.shape(3);
  toy.ok(toy.context->infer_shapes(toy.diag));
  EXPECT_FALSE(toy.context->is_unspecified(kX));
  EXPECT_EQ(toy.context->tensor_shape(kRows), (Dims{6, 3}));
  EXPECT_EQ(toy.context->tensor_shape(kPositive), Dims{-1});
  EXPECT_EQ(toy.context->max_output_bytes(kRows), 72U);
  EXPECT_EQ(toy.context->max_output_bytes(kPositive), 72U);
  toy.run();
  EXPECT_GT(toy.context->tensor_shape(kPositive)[0], 0);
  toy.shape(2);
  EXPECT_EQ(toy.context->tensor_shape(kPositive), Dims{-1});
}

TEST(Context, PreparesKernelsForItsThreads) {
  Toy toy;
  toy.shape(4);
  toy.run();
  EXPECT_EQ(toy.calls.threads, ThreadLimits().threads);
  ThreadLimits limits;
  limits.threads = 1;
  toy.context->set_thread_limits(limits);
  toy.run();
  EXPECT_EQ(toy.calls.threads, 1);
  EXPECT_EQ(thread_limit(), ThreadLimits().threads);  // of the caller's own loops
  toy.expect_right(4);
}

TEST(Context, TellsKernelsOnlyOfChanges) {
  Toy toy;
  toy.shape(3);
  toy.run();
  EXPECT_EQ(toy.calls.on_shapes, 4);
  toy.run();
  EXPECT_EQ(toy.calls.on_shapes, 4);
  toy.shape(3);  // a plugin hears of every binding
  toy.run();
  EXPECT_EQ(toy.calls.on_shapes, 5);
  EXPECT_EQ(toy.calls.plugin_on_shapes, 2);
  toy.ok(toy.context->set_tensor_address(kX, toy.x, toy.diag));
  toy.run();
  EXPECT_EQ(toy.calls.plugin_on_shapes, 3);
  toy.ok(toy.context->set_tensor_address(kRows, toy.rows, toy.diag));
  toy.run();
  EXPECT_EQ(toy.calls.plugin_on_shapes, 3);
  toy.shape(4);
  toy.run();
  EXPECT_EQ(toy.calls.on_shapes, 10);
}

TEST(Context, AllocatesNothingInUnchangedRuns) {
  Toy toy;
  toy.shape(4);
  toy.run();
  const size_t before = allocations();
  bool fine = true;
  for (int i = 0; i < 1000; ++i) fine &= toy.context->run({}, toy.diag).ok();
  EXPECT_EQ(allocations() - before, 0U);
  EXPECT_TRUE(fine);
}

TEST(Context, AllocatesNothingWhenShapesChange) {
  Toy toy;
  toy.shape(4);
  toy.run();
  const size_t before = allocations();
  bool fine = true;
  for (int i = 0; i < 100; ++i) {
    fine &= toy.context->set_input_shape(kX, {1 + i % 4, 3}, toy.diag).ok();
    fine &= toy.context->set_tensor_address(kX, toy.x, toy.diag).ok();
    fine &= toy.context->run({}, toy.diag).ok();
  }
  EXPECT_EQ(allocations() - before, 0U);
  EXPECT_TRUE(fine);
}

TEST(Context, RefusesShapesOutsideTheProfile) {
  Toy toy;
  EXPECT_FALSE(toy.context->set_input_shape(kX, {5, 3}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("input 'x': extent 5 of axis 0 is outside profile 0, which "
                                    "allows 1 to 4"));
  EXPECT_FALSE(toy.context->set_input_shape(kX, {2, 4}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("extent 4 of axis 1 is given, but the network fixes it at 3"));
  EXPECT_FALSE(toy.context->set_input_shape(kX, {2}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("'x' has 2 axes, but 1 extents"));
  EXPECT_FALSE(toy.context->set_input_shape(kRows, {2, 3}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("'rows' is an output"));
  EXPECT_FALSE(toy.context->set_input_shape(17, {2, 3}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("no input or output 17"));
  toy.ok(toy.context->set_profile(1, toy.diag));
  toy.shape(8);
  toy.k = 4;
  toy.run();
  toy.expect_right(8);
  EXPECT_FALSE(toy.context->set_profile(2, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("no profile 2"));
}

TEST(Context, RefusesContentOutsideTheProfile) {
  Toy toy;
  toy.shape(2);
  toy.k = 3;
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("shape input 'k': value 3 of element 0 is outside profile 0, "
                                    "which allows 1 to 2"));
}

TEST(Context, TakesContentByValue) {
  Toy toy;
  toy.shape(2);
  const int64_t one[] = {1}, two[] = {1, 1}, large[] = {int64_t{1} << 40};
  toy.ok(toy.context->set_input_values(kK, one, toy.diag));
  toy.run();
  toy.k = 1;
  toy.expect_right(2);
  EXPECT_FALSE(toy.context->set_input_values(kK, two, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("'k' holds at most 1 values, not 2"));
  EXPECT_FALSE(toy.context->set_input_values(kK, large, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("cannot hold 1099511627776"));
  EXPECT_FALSE(toy.context->set_input_values(kX, one, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("takes no integer values"));
}

TEST(Context, NamesWhatIsMissing) {
  Toy toy;
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("input 'x' has no shape yet"));
  toy.shape(2);
  for (const auto& [io, words] :
       {std::pair{kX, "input 'x' has no memory"}, std::pair{kK, "input 'k' has no memory"},
        std::pair{kRows, "output 'rows' has no memory"}}) {
    void* const bound = toy.context->tensor_address(io);
    toy.ok(toy.context->set_tensor_address(io, nullptr, toy.diag));
    EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
    EXPECT_THAT(toy.said(), HasSubstr(words));
    toy.ok(toy.context->set_tensor_address(io, bound, toy.diag));
  }
  toy.run();
  toy.expect_right(2);
}

TEST(Context, RefusesInputsThatContradictEachOther) {
  plan::Plan plan = toy::make_plan();
  const expr::Code n = plan.tensors[0].shape[0];
  plan.tensors[1].shape[0] = n;
  plan.tensors[1].bytes = 32;
  for (plan::Profile& profile : plan.profiles) profile.ranges[1].max = {8};
  Toy toy(plan);
  toy.shape(2);
  toy.ok(toy.context->set_input_shape(kK, {3}, toy.diag));
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("input 'k' has shape 3, but from the other inputs follows 2"));
}

TEST(Context, RefusesASizeBeyondItsBound) {
  plan::Plan plan = toy::make_plan();
  plan.symbols[2].upper = expr::compile(expr::Expr::symbol(0) - expr::Expr(1)).value();
  Toy toy(plan);
  toy.shape(3);
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("layer 'positives' says through tensor 'count' that size 'S' "
                                    "is 6, but it declared 0 to 2 for these shapes"));
  for (float& value : toy.x) value = -7;
  toy.run();
  toy.expect_right(3);
}

/// Serves outputs from its own memory and notes what it is told.
class Serving final : public OutputAllocator {
 public:
  void* allocate(size_t io, void* /*current*/, uint64_t bytes,
                 const device::Stream& /*stream*/) noexcept override {
    last_io = io;
    asked = bytes;
    return give ? memory : nullptr;
  }
  void notify(size_t /*io*/, const Dims& dims) noexcept override { told = dims; }

  float memory[96] = {};
  bool give = true;
  size_t last_io = 0;
  uint64_t asked = 0;
  Dims told;
};

TEST(Context, AsksTheAllocatorForDataDependentOutputs) {
  Toy toy;
  toy.shape(3);
  Serving serving;
  toy.ok(toy.context->set_output_allocator(kPositive, &serving, toy.diag));
  toy.run();
  EXPECT_EQ(serving.last_io, kPositive);
  EXPECT_EQ(serving.asked, 72U);
  EXPECT_EQ(serving.told, toy.context->tensor_shape(kPositive));
  std::memcpy(toy.positive, serving.memory, sizeof(toy.positive));
  toy.expect_right(3);
  serving.give = false;
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("gave no memory for the 72 bytes of output 'positive'"));
  EXPECT_FALSE(toy.context->set_output_allocator(kX, &serving, toy.diag).ok());
}

TEST(Context, WorksInMemoryOfTheCaller) {
  ContextOptions options;
  options.own_memory = false;
  Toy toy(toy::make_plan(), options);
  toy.shape(3);
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("no memory: give it 2048 bytes"));
  AlignedBuffer memory(4096);
  EXPECT_FALSE(toy.context->set_device_memory(memory.bytes().first(1024), toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("1024 bytes of memory are given, but the engine needs 2048"));
  EXPECT_FALSE(toy.context->set_device_memory(memory.bytes().subspan(4), toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("multiple of 64"));
  toy.ok(toy.context->set_device_memory(memory.bytes(), toy.diag));
  toy.run();
  toy.expect_right(3);
}

class Watching final : public StepObserver {
 public:
  void on_step(size_t step, std::string_view name, float milliseconds) noexcept override {
    steps.emplace_back(step, name);
    sane &= milliseconds >= 0 && milliseconds < 10000;
  }
  std::vector<std::pair<size_t, std::string>> steps;
  bool sane = true;
};

TEST(Context, TellsTheObserverOfEveryStep) {
  Toy toy;
  toy.shape(3);
  Watching watching;
  toy.context->set_observer(&watching);
  toy.run();
  toy.expect_right(3);
  using Pair = std::pair<size_t, std::string>;
  EXPECT_THAT(watching.steps, ElementsAre(Pair(0, "scale"), Pair(1, "repeat"), Pair(2, "positives"),
                                          Pair(3, "copy")));
  EXPECT_TRUE(watching.sane);
}

TEST(Context, NamesLayerKernelAndPluginOfAFailure) {
  plan::Plan plan = toy::make_plan();
  plan.steps[1].plugin = "Repeat/2/ns";
  plan.tensors[4].content[0] = expr::compile(expr::Expr(5)).value();
  Toy toy(plan);
  toy.shape(3);
  const Status status = toy.context->run({}, toy.diag);
  EXPECT_EQ(status.code, Code::InvalidArgument);
  EXPECT_THAT(toy.said(), HasSubstr("layer 'repeat' (kernel toy/repeat@1, plugin Repeat/2/ns) "
                                    "failed: the number of repeats contradicts the shapes"));
}

TEST(Context, RefusesMoreThanThePlanReserved) {
  plan::Plan plan = toy::make_plan();
  plan.tensors[3].bytes = 24;
  Toy toy(plan);
  toy.shape(3);
  EXPECT_FALSE(toy.context->run({}, toy.diag).ok());
  EXPECT_THAT(toy.said(), HasSubstr("tensor 'scaled' of shape 3x3 needs more than the 24 bytes"));
  plan = toy::make_plan();
  plan.steps[2].workspace_bytes = 16;
  Toy tight(plan);
  tight.shape(3);
  EXPECT_FALSE(tight.context->run({}, tight.diag).ok());
  EXPECT_THAT(tight.said(), HasSubstr("needs 72 bytes of workspace for these shapes, but the "
                                      "engine reserves 16"));
}

TEST(Context, RunsBesideOthersOfItsEngine) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const Bytes file = toy::make_engine();
  const auto engine = Engine::load_copy(file, toy::Loaders(), device::Target{}, {}, diag).value();
  const auto work = [&](int64_t n) {
    CollectingSink own_sink;
    Diagnostics own(own_sink);
    float x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, rows[96] = {}, positive[96] = {};
    int32_t k = 1;
    int64_t extents[2] = {};
    const auto context = Context::create(engine, {}, own).value();
    void* const memory[] = {x, &k, rows, positive, extents};
    bool fine = true;
    for (size_t io = 0; io < 5; ++io) fine &= context->set_tensor_address(io, memory[io], own).ok();
    for (int i = 0; i < 200; ++i) {
      fine &= context->set_input_shape(kX, {1 + (n + i) % 4, 3}, own).ok();
      fine &= context->run({}, own).ok();
      fine &= rows[0] == 3 && rows[1] == 5 && rows[2] == 12 && extents[0] == 1 + (n + i) % 4;
    }
    EXPECT_TRUE(fine) << own_sink.errors();
  };
  std::vector<std::thread> threads;
  for (int64_t n = 0; n < 4; ++n) threads.emplace_back(work, n);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tenon::session
