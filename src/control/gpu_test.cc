// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops and conditionals of engines for a GPU. The driver is that of the CUDA runtime on the CPU,
// and the kernels are the reference's, as host functions on its streams.
#include "device/gpu.h"
#include "control/control_test.h"
#include "session/on_stream_test.h"

namespace tenon::control {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A reference kernel's candidate, for a GPU.
class Wrapped final : public kernel::Candidate {
 public:
  explicit Wrapped(std::unique_ptr<kernel::Candidate> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] kernel::KernelId id() const override {
    kernel::KernelId id = inner_->id();
    id.family = "cuda";
    return id;
  }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::Pure | kernel::Flag::Capturable;
  }
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override {
    return inner_->configurations(diag);
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override {
    TENON_ASSIGN(kernel::Record record, inner_->record(configuration, tactic, threads, diag));
    record.id = id();
    return record;
  }

 private:
  std::unique_ptr<kernel::Candidate> inner_;
};

class Source final : public kernel::CandidateSource {
 public:
  explicit Source(const kernel::Registry& of) : of_(of) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "cuda"; }
  [[nodiscard]] device::Kind device() const noexcept override { return device::Kind::Cuda; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    for (auto& one : kernel::candidates_for(of_, node, device::local_target(), diag)) {
      out.push_back(std::make_unique<Wrapped>(std::move(one)));
    }
  }

 private:
  const kernel::Registry& of_;
};

class OnGpu : public ControlFixture {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(device::use_cuda_driver(TENON_TEST_CUDA_DRIVER)); }

  void SetUp() override {
    auto opened = device::Gpu::open(0, diag);
    ASSERT_TRUE(opened.ok()) << sink.errors();
    gpu = *opened;
    scope.emplace(gpu);
    ASSERT_EQ(gpu->driver().cuStreamCreate(&stream, 1), 0);
    ref::register_kernels(plain);
    registry.add_source(std::make_unique<Source>(plain));
    add_loader("cuda", "ref");
    add_loader("test.gpu_reformat", "test.reformat");
    config.target = gpu->target();
  }
  void TearDown() override {
    ASSERT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    ASSERT_EQ(gpu->driver().cuStreamDestroy(stream), 0);
  }

  /// Kernels of `family` are those of another one, on the stream.
  void add_loader(const char* family, const char* other) {
    registry.add_loader(family,
                        [this, other](const kernel::RecordView& record,
                                      Diagnostics& to) -> Result<std::unique_ptr<kernel::Loaded>> {
                          kernel::RecordView view = record;
                          view.family = other;
                          TENON_ASSIGN(auto inner, kernel::load(registry, view, to));
                          return std::unique_ptr<kernel::Loaded>(
                              std::make_unique<session::OnStreamLoaded>(std::move(inner)));
                        });
  }

  /// Inputs and outputs are memory of the GPU, which is the context's from now on.
  void bind(builder::Engine& engine, const builder::Tensors& inputs) {
    const auto io = engine.engine->io();
    for (size_t i = 0; i < io.size(); ++i) {
      std::string name(io[i].name);
      auto memory = device::GpuBuffer(*gpu, std::max<size_t>(io[i].max_bytes, 1));
      if (io[i].is_input) {
        const ops::ConstantData& data = *inputs.at(name);
        ASSERT_EQ(gpu->driver().cuMemcpyHtoD(device::cu_address(memory.data()), data.bytes().data(),
                                             data.bytes().size()),
                  0);
        ASSERT_TRUE(engine.context->set_input_shape(i, data.dims(), diag).ok()) << sink.errors();
      }
      ASSERT_TRUE(engine.context->set_tensor_address(i, memory.data(), diag).ok());
      memories[name] = std::move(memory);
    }
  }
  template <class T>
  std::vector<T> run(builder::Engine& engine, const builder::Tensors& inputs,
                     const std::string& output) {
    bind(engine, inputs);
    EXPECT_TRUE(engine.context->run(gpu->stream(stream), diag).ok()) << sink.errors();
    EXPECT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    const Dims dims = engine.context->tensor_shape(*engine.engine->find_io(output));
    std::vector<T> values(static_cast<size_t>(dims.volume()));
    EXPECT_EQ(
        gpu->driver().cuMemcpyDtoH(values.data(), device::cu_address(memories.at(output).data()),
                                   values.size() * sizeof(T)),
        0);
    return values;
  }

  const device::Gpu* gpu = nullptr;
  std::optional<device::GpuScope> scope;
  device::CuStream stream = nullptr;
  kernel::Registry plain;
  std::map<std::string, device::GpuBuffer> memories;
};

constexpr const char* kEither = R"(input %x : f32[N]
input %c : bool[]
%before : f32[N] = unary(%x) {kind = abs}
= condition(%c) {conditional = 3} "which"
%i : f32[N] = conditional_input(%before) {conditional = 3}
%twice : f32[N] = element_wise(%i, %i) {kind = add}
%negated : f32[N] = unary(%i) {kind = neg}
%taken : f32[N] = conditional_output(%twice, %negated) {conditional = 3}
%y : f32[N] = element_wise(%taken, %x) {kind = add}
output %y
)";

TEST_F(OnGpu, TheBranchIsTakenThatTheConditionSays) {
  config.profiles = {{{{"x", {1}, {2}, {4}, {}, {}, {}}}}};
  auto engine = engine_of(kEither);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto x = tensor<float>({3}, {-1, 2, -3});
  for (int again = 0; again < 3; ++again) {
    EXPECT_THAT(run<float>(engine, {{"x", x}, {"c", boolean(true)}}, "y"), ElementsAre(1, 6, 3));
    EXPECT_THAT(run<float>(engine, {{"x", x}, {"c", boolean(false)}}, "y"), ElementsAre(-2, 0, -6));
  }
  const auto four = tensor<float>({4}, {1, 2, 3, 4});
  EXPECT_THAT(run<float>(engine, {{"x", four}, {"c", boolean(true)}}, "y"),
              ElementsAre(3, 6, 9, 12));
}

TEST_F(OnGpu, ABranchSaysTheShape) {
  ir::Graph graph;
  ir::Value* x = graph.add_input("x", DType::F32, {expr::Expr(2)});
  ir::Value* c = graph.add_input("c", DType::Bool, {});
  const auto add = [&](ops::Op op, std::vector<ir::Value*> inputs, const char* name) {
    auto node = graph.add(std::move(op), std::move(inputs), name, diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return *node;
  };
  add(ops::Condition{1}, {c}, "which");
  ir::Value* i = add(ops::ConditionalInput{1}, {x}, "i")->output();
  ir::Value* longer = add(ops::Concat{0}, {i, i}, "longer")->output();
  ir::Value* negated = add(ops::Unary{ops::UnaryKind::Neg}, {i}, "negated")->output();
  ir::Value* taken = add(ops::ConditionalOutput{1}, {longer, negated}, "taken")->output();
  ir::Value* y = add(ops::Unary{ops::UnaryKind::Neg}, {taken}, "y")->output();
  y->name = "y";
  graph.mark_output(y);
  auto plan = build_plan(graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  auto engine = load(*plan);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto given = tensor<float>({2}, {1, 2});
  EXPECT_THAT(run<float>(engine, {{"x", given}, {"c", boolean(true)}}, "y"),
              ElementsAre(-1, -2, -1, -2));
  EXPECT_THAT(run<float>(engine, {{"x", given}, {"c", boolean(false)}}, "y"), ElementsAre(1, 2));
}

TEST_F(OnGpu, ALoopCarriesAValueOn) {
  auto engine = engine_of(R"(input %x : f32[2]
input %n : i32[]
%state : f32[2] = recurrence(%x, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[2] = element_wise(%state, %x) {kind = add}
%y : f32[2] = loop_output(%state) {loop = 1}
%z : f32[2] = loop_output(%next) {loop = 1}
output %y
output %z
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  for (const int32_t n : {3, 0, 1, 12, 2}) {
    const builder::Tensors inputs = {{"x", tensor<float>({2}, {1, 10})},
                                     {"n", tensor({}, std::vector{n})}};
    const auto times = static_cast<float>(n + 1), last = n == 0 ? 0 : times;
    EXPECT_THAT(run<float>(engine, inputs, "y"), ElementsAre(times, 10 * times)) << n;
    EXPECT_THAT(run<float>(engine, inputs, "z"), ElementsAre(last, 10 * last)) << n;
  }
}

TEST_F(OnGpu, ALoopEndsWhenItsConditionIsFalse) {
  auto engine = engine_of(kDoubledToTen);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {3})}}, "y"), ElementsAre(12));
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {11})}}, "y"), ElementsAre(11));
}

TEST_F(OnGpu, ALoopReadsSlicesAndStacksValues) {
  auto engine = engine_of(R"(input %x : f32[2, 3]
input %zero : f32[2]
input %n : i32[]
%four : i32[] = constant {data = [4]}
%column : f32[2] = iterator(%x) {loop = 1, axis = 1, reverse = true}
%sum : f32[2] = recurrence(%zero, %next) {loop = 1}
= trip_limit(%n) {loop = 1} "limit"
%next : f32[2] = element_wise(%sum, %column) {kind = add}
%last : f32[2] = loop_output(%sum) {loop = 1}
%rows : f32[4, 2] = loop_output(%next, %four) {loop = 1, kind = concatenate}
%back : f32[2, 4] = loop_output(%next, %four) {loop = 1, kind = reverse, axis = 1}
output %last
output %rows
output %back
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const auto with = [&](int32_t n) {
    return builder::Tensors{{"x", tensor<float>({2, 3}, {1, 2, 3, 10, 20, 30})},
                            {"zero", tensor<float>({2}, {0, 0})},
                            {"n", tensor({}, std::vector{n})}};
  };
  EXPECT_THAT(run<float>(engine, with(3), "last"), ElementsAre(6, 60));
  EXPECT_THAT(run<float>(engine, with(3), "rows"), ElementsAre(3, 30, 5, 50, 6, 60, 0, 0));
  EXPECT_THAT(run<float>(engine, with(3), "back"), ElementsAre(0, 6, 5, 3, 0, 60, 50, 30));
  EXPECT_THAT(run<float>(engine, with(1), "back"), ElementsAre(0, 0, 0, 3, 0, 0, 0, 30));
  bind(engine, with(4));
  EXPECT_FALSE(engine.context->run(gpu->stream(stream), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("goes on after 3 iterations"));
}

TEST_F(OnGpu, LoopsLieWithinLoops) {
  auto engine = engine_of(R"(input %x : f32[]
%three : i32[] = constant {data = [3]}
%a : f32[] = recurrence(%x, %in) {loop = 1}
= trip_limit(%three) {loop = 1} "outer"
%b : f32[] = recurrence(%a, %next) {loop = 2}
= trip_limit(%three) {loop = 2} "inner"
%next : f32[] = element_wise(%b, %a) {kind = add}
%in : f32[] = loop_output(%b) {loop = 2}
%y : f32[] = loop_output(%a) {loop = 1}
output %y
)");
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  EXPECT_THAT(run<float>(engine, {{"x", tensor<float>({}, {2})}}, "y"), ElementsAre(128));
}

TEST_F(OnGpu, ARunCannotBeCaptured) {
  config.profiles = {{{{"x", {1}, {2}, {4}, {}, {}, {}}}}};
  auto engine = engine_of(kEither);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  const builder::Tensors inputs = {{"x", tensor<float>({1}, {-1})}, {"c", boolean(true)}};
  EXPECT_THAT(run<float>(engine, inputs, "y"), ElementsAre(1));
  ASSERT_EQ(gpu->driver().cuStreamBeginCapture(stream, 1), 0);
  EXPECT_FALSE(engine.context->run(gpu->stream(stream), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("layer 'taken' (kernel control/conditional@1) failed: which "
                                       "way a loop or conditional goes is read from the GPU"));
  device::CuGraph graph = nullptr;
  ASSERT_EQ(gpu->driver().cuStreamEndCapture(stream, &graph), 0);
  ASSERT_EQ(gpu->driver().cuGraphDestroy(graph), 0);
  EXPECT_THAT(run<float>(engine, inputs, "y"), ElementsAre(1));
}

TEST_F(OnGpu, RegionsForAProcessorAreRefused) {
  config.target = device::local_target();
  const auto graph = graph_of(R"(input %x : f32[]
input %c : bool[]
= condition(%c) {conditional = 3} "which"
%i : f32[] = conditional_input(%x) {conditional = 3}
%twice : f32[] = element_wise(%i, %i) {kind = add}
%y : f32[] = conditional_output(%twice, %i) {conditional = 3}
output %y
)");
  auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  plan->target = gpu->target();
  auto engine = load(*plan);
  ASSERT_NE(engine.context, nullptr) << sink.errors();
  bind(engine, {{"x", tensor<float>({}, {2})}, {"c", boolean(true)}});
  EXPECT_FALSE(engine.context->run(gpu->stream(stream), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("are for another device than the engine"));
}

}  // namespace

}  // namespace tenon::control
