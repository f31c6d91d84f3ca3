// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What stands around networks and engines: runtimes of other libraries, initializers that programs
// hand in, communicators, settings of parsers.
#include <NvOnnxConfig.h>
#include <NvOnnxParser.h>
#include <dlfcn.h>
#include <gmock/gmock.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>

#include "NvInfer.h"

/// As NCCL has it: a communicator here is the number of its ranks.
extern "C" __attribute__((visibility("default"))) int ncclCommCount(void* communicator,
                                                                    int* count) {
  *count = *static_cast<int*>(communicator);
  return 0;
}

namespace tenon::api {
namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): all words here are its
using testing::HasSubstr;

class Said final : public ILogger {
 public:
  void log(Severity severity, char const* text) noexcept override {
    if (severity <= Severity::kERROR) errors += std::string(text) + "\n";
  }
  std::string errors;
};

/// Fields of ONNX's wire format, as far as a model of one node needs them.
std::string whole(int field, int64_t value) {
  return std::string(1, static_cast<char>(field << 3)) + static_cast<char>(value);
}
std::string part(int field, std::string const& value) {
  return std::string(1, static_cast<char>((field << 3) | 2)) + static_cast<char>(value.size()) +
         value;
}

using Pair = std::array<float, 2>;

/// y = x + w over two numbers; w is in the file.
std::string model(Pair const& w) {
  std::string raw(sizeof w, '\0');
  std::memcpy(raw.data(), w.data(), sizeof w);
  std::string const tensor = whole(1, 2) + whole(2, 1) + part(8, "w") + part(9, raw);
  std::string const shape = part(1, whole(1, 2));
  std::string const type = part(1, whole(1, 1) + part(2, shape));
  std::string const node = part(1, "x") + part(1, "w") + part(2, "y") + part(4, "Add");
  std::string const graph = part(1, node) + part(2, "g") + part(5, tensor) +
                            part(11, part(1, "x") + part(2, type)) + part(12, part(1, "y"));
  return whole(1, 9) + part(7, graph) + part(8, part(1, "") + whole(2, 17));
}

class Services : public testing::Test {
 protected:
  /// Of model({1, 2}), with `given` in place of w where it is not null.
  std::unique_ptr<IHostMemory> build(Pair const* given, BuilderFlags flags = 0) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(said));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    std::unique_ptr<nvonnxparser::IParser> const parser(nvonnxparser::createParser(*network, said));
    std::string const bytes = model({1, 2});
    if (!parser->loadModelProto(bytes.data(), bytes.size())) return nullptr;
    if (given != nullptr && !parser->loadInitializer("w", given->data(), sizeof *given)) {
      return nullptr;
    }
    if (!parser->parseModelProto()) return nullptr;
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    config->setFlags(flags);
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }
  static Pair run(ICudaEngine& engine) {
    std::unique_ptr<IExecutionContext> const context(engine.createExecutionContext());
    Pair x{10, 20}, y{};
    context->setTensorAddress("x", x.data());
    context->setTensorAddress("y", y.data());
    EXPECT_TRUE(context->enqueueV3(nullptr));
    return y;
  }
  std::unique_ptr<ICudaEngine> read(IRuntime& runtime, IHostMemory const& plan) {
    return std::unique_ptr<ICudaEngine>(runtime.deserializeCudaEngine(plan.data(), plan.size()));
  }

  Said said;
};

TEST_F(Services, AParserTakesInitializersFromTheProgram) {
  Pair const given{5, 7};
  auto const plan = build(&given);
  ASSERT_NE(plan, nullptr) << said.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(said));
  auto const engine = read(*runtime, *plan);
  EXPECT_EQ(run(*engine), (Pair{15, 27}));
}

TEST_F(Services, InitializersOfOtherNamesAndSizesAreRefused) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(said));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  std::unique_ptr<nvonnxparser::IParser> const parser(nvonnxparser::createParser(*network, said));
  Pair const given{5, 7};
  EXPECT_FALSE(parser->loadInitializer("w", given.data(), sizeof given));
  EXPECT_THAT(said.errors, HasSubstr("after loadModelProto"));
  std::string const bytes = model({1, 2});
  ASSERT_TRUE(parser->loadModelProto(bytes.data(), bytes.size()));
  EXPECT_TRUE(parser->loadInitializer("w", given.data(), 4));
  EXPECT_TRUE(parser->loadInitializer("v", given.data(), 4));
  EXPECT_FALSE(parser->parseModelProto());
  EXPECT_THAT(said.errors, HasSubstr("needs 8 bytes of numbers, but is given 4"));
  EXPECT_THAT(said.errors, HasSubstr("\"v\", which is no initializer of the model"));
}

TEST_F(Services, ARefitTakesInitializersFromTheProgram) {
  auto const plan = build(nullptr, 1U << static_cast<uint32_t>(BuilderFlag::kREFIT));
  ASSERT_NE(plan, nullptr) << said.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(said));
  auto const engine = read(*runtime, *plan);
  EXPECT_EQ(run(*engine), (Pair{11, 22}));
  std::unique_ptr<IRefitter> const refitter(createInferRefitter(*engine, said));
  std::unique_ptr<nvonnxparser::IParserRefitter> const parser(
      nvonnxparser::createParserRefitter(*refitter, said));
  std::string const bytes = model({1, 2});
  Pair const given{-10, -20};
  ASSERT_TRUE(parser->loadModelProto(bytes.data(), bytes.size()));
  ASSERT_TRUE(parser->loadInitializer("w", given.data(), sizeof given));
  ASSERT_TRUE(parser->refitModelProto()) << said.errors;
  ASSERT_TRUE(refitter->refitCudaEngine()) << said.errors;
  EXPECT_EQ(run(*engine), (Pair{0, 0}));
}

TEST_F(Services, ARuntimeComesOutOfALibraryOfOurs) {
  auto const plan = build(nullptr);
  ASSERT_NE(plan, nullptr) << said.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(said));
  Dl_info where{};
  ASSERT_NE(::dladdr(reinterpret_cast<void*>(&createInferRuntime_INTERNAL), &where), 0);
  std::unique_ptr<IRuntime> const other(runtime->loadRuntime(where.dli_fname));
  ASSERT_NE(other, nullptr) << said.errors;
  auto const engine = read(*other, *plan);
  ASSERT_NE(engine, nullptr) << said.errors;
  EXPECT_EQ(run(*engine), (Pair{11, 22}));
}

TEST_F(Services, NoRuntimeComesOutOfOtherFiles) {
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(said));
  EXPECT_EQ(runtime->loadRuntime("nowhere/libnvinfer_lean.so"), nullptr);
  EXPECT_THAT(said.errors, HasSubstr("there is no runtime in 'nowhere/libnvinfer_lean.so'"));
  EXPECT_EQ(runtime->loadRuntime(nullptr), nullptr);
  EXPECT_THAT(said.errors, HasSubstr("no library is named"));
  EXPECT_EQ(runtime->loadRuntime("libm.so.6"), nullptr);
  EXPECT_THAT(said.errors, HasSubstr("'libm.so.6' is no library of Tenon's"));
}

TEST_F(Services, ACommunicatorHasOneRank) {
  auto const plan = build(nullptr);
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(said));
  auto const engine = read(*runtime, *plan);
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  int one = 1, four = 4;
  EXPECT_TRUE(context->setCommunicator(nullptr));
  EXPECT_TRUE(context->setCommunicator(&one)) << said.errors;
  EXPECT_FALSE(context->setCommunicator(&four));
  EXPECT_THAT(said.errors, HasSubstr("the communicator has 4 ranks"));
}

TEST(OnnxConfig, KeepsWhatItIsGiven) {
  std::unique_ptr<nvonnxparser::IOnnxConfig> const config(nvonnxparser::createONNXConfig());
  config->setModelFileName(std::string("model.onnx").c_str());
  config->setTextFileName("text");
  config->setFullTextFileName("full");
  config->setModelDtype(DataType::kHALF);
  config->setPrintLayerInfo(true);
  config->setVerbosityLevel(1);
  config->addVerbosity();
  config->addVerbosity();
  config->reduceVerbosity();
  EXPECT_STREQ(config->getModelFileName(), "model.onnx");
  EXPECT_STREQ(config->getTextFileName(), "text");
  EXPECT_STREQ(config->getFullTextFileName(), "full");
  EXPECT_EQ(config->getModelDtype(), DataType::kHALF);
  EXPECT_TRUE(config->getPrintLayerInfo());
  EXPECT_EQ(config->getVerbosityLevel(), 2);
}

}  // namespace
}  // namespace tenon::api
