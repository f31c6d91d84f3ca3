// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Other weights for a loaded engine: by name and by layer, from a model, and for one that was
// stripped of them. Usage: refit FOLDER.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include "program.h"

namespace {

using nvinfer1::BuilderFlag;
using nvinfer1::Dims4;
using nvinfer1::DimsHW;
using nvinfer1::Weights;
using nvinfer1::WeightsRole;

constexpr size_t kMaps = 4, kTaps = 9;

/// Remembers the last error instead of printing it.
class Quiet : public nvinfer1::ILogger {
 public:
  void log(Severity severity, char const* message) noexcept override {
    if (severity <= Severity::kERROR) last = message;
  }
  bool says(const char* words) const { return last.find(words) != std::string::npos; }
  std::string last;
};

Weights weights(const std::vector<float>& values) {
  return {nvinfer1::DataType::kFLOAT, values.data(), static_cast<int64_t>(values.size())};
}

std::vector<float> numbers(size_t count, float step) {
  std::vector<float> all(count);
  for (size_t i = 0; i < count; ++i) all[i] = step * static_cast<float>(i % 7) - 1;
  return all;
}

struct Stage {
  explicit Stage(const std::string& models) : folder(models) {
    builder.reset(nvinfer1::createInferBuilder(log));
    runtime.reset(nvinfer1::createInferRuntime(log));
  }
  std::unique_ptr<nvinfer1::ICudaEngine> load(const nvinfer1::IHostMemory& file) const {
    return std::unique_ptr<nvinfer1::ICudaEngine>(
        runtime->deserializeCudaEngine(file.data(), file.size()));
  }
  std::unique_ptr<nvinfer1::IRefitter> refitter(nvinfer1::ICudaEngine& engine) {
    return std::unique_ptr<nvinfer1::IRefitter>(nvinfer1::createInferRefitter(engine, log));
  }
  std::string folder;
  Quiet log;
  std::unique_ptr<nvinfer1::IBuilder> builder;
  std::unique_ptr<nvinfer1::IRuntime> runtime;
};

using File = std::unique_ptr<nvinfer1::IHostMemory>;

bool same(const nvinfer1::IHostMemory& a, const nvinfer1::IHostMemory& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

/// A convolution with bias and a product by a constant, whose weights are the arguments. Times come
/// from `config`'s cache, so that equal networks give equal files.
File buildSmall(Stage& at, nvinfer1::IBuilderConfig& config, const std::vector<float>& kernel,
                const std::vector<float>& bias, const std::vector<float>& factor) {
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(at.builder->createNetworkV2(0));
  auto* x = network->addInput("x", nvinfer1::DataType::kFLOAT, Dims4{1, 1, 8, 8});
  auto* conv = network->addConvolutionNd(*x, kMaps, DimsHW{3, 3}, weights(kernel), weights(bias));
  conv->setName("conv");
  auto* constant = network->addConstant(Dims4{1, kMaps, 1, 1}, weights(factor));
  constant->setName("factor");
  auto* product = network->addElementWise(*conv->getOutput(0), *constant->getOutput(0),
                                          nvinfer1::ElementWiseOperation::kPROD);
  product->getOutput(0)->setName("y");
  network->markOutput(*product->getOutput(0));
  EXPECT(network->setWeightsName(weights(kernel), "kernel"));
  EXPECT(!network->setWeightsName(weights(bias), "kernel"));
  EXPECT(network->markWeightsRefittable("kernel"));
  EXPECT(network->areWeightsMarkedRefittable("kernel"));
  EXPECT(!network->markWeightsRefittable("nowhere"));
  return File(at.builder->buildSerializedNetwork(*network, config));
}

std::vector<float> answer(nvinfer1::IExecutionContext& context) {
  const DeviceFloats x(64), y(kMaps * 36);
  x.write(numbers(64, 0.5F));
  std::vector<void*> bindings{x.data(), y.data()};
  EXPECT(context.executeV2(bindings.data()));
  return y.read();
}

/// What cannot be right is refused where it is given.
void checkRefusals(Stage& at, nvinfer1::IRefitter& refitter, const std::vector<float>& kernel) {
  EXPECT(!refitter.setNamedWeights("nowhere", weights(kernel)));
  EXPECT(at.log.says("no refittable weights are named 'nowhere'"));
  EXPECT(!refitter.setNamedWeights("kernel", {nvinfer1::DataType::kFLOAT, kernel.data(), 5}));
  EXPECT(at.log.says("'kernel' are 36 elements"));
  EXPECT(!refitter.setWeights("conv", WeightsRole::kSHIFT, weights(kernel)));
  EXPECT(at.log.says("kBIAS"));
  std::vector<float> broken = kernel;
  broken[3] = std::numeric_limits<float>::infinity();
  EXPECT(refitter.getWeightsValidation());
  EXPECT(!refitter.setNamedWeights("kernel", weights(broken)));
  EXPECT(at.log.says("element 3"));
  refitter.setWeightsValidation(false);
  EXPECT(refitter.setNamedWeights("kernel", weights(broken)));
  EXPECT(refitter.getNamedWeights("kernel").values == broken.data());
  EXPECT(refitter.unsetNamedWeights("kernel") && !refitter.unsetNamedWeights("kernel"));
  refitter.setWeightsValidation(true);
  const Weights prototype = refitter.getWeightsPrototype("kernel");
  EXPECT(prototype.count == 36 && prototype.values == nullptr);
  EXPECT(refitter.getWeightsPrototype("nowhere").count == 0);
}

/// New weights by name and by layer: a live context sees them, and the file is that of a new build.
void replaceWeights(Stage& at) {
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(at.builder->createBuilderConfig());
  config->setFlag(BuilderFlag::kREFIT);
  const std::unique_ptr<nvinfer1::ITimingCache> cache(config->createTimingCache(nullptr, 0));
  EXPECT(config->setTimingCache(*cache, false));
  const auto kernel = numbers(kMaps * kTaps, 0.25F), bias = numbers(kMaps, 1),
             factor = std::vector<float>(kMaps, 1), other_kernel = numbers(kMaps * kTaps, 0.5F),
             other_bias = std::vector<float>(kMaps, 0), other_factor = numbers(kMaps, 3);
  const File before = buildSmall(at, *config, kernel, bias, factor);
  const File after = buildSmall(at, *config, other_kernel, other_bias, other_factor);
  EXPECT(before && after && !same(*before, *after));
  const auto engine = at.load(*before), fresh = at.load(*after);
  EXPECT(engine->isRefittable());
  std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
  std::unique_ptr<nvinfer1::IExecutionContext> wanted(fresh->createExecutionContext());
  const auto old_answer = answer(*context);

  const auto refitter = at.refitter(*engine);
  const char* names[8];
  const char* layers[8];
  WeightsRole roles[8];
  EXPECT(refitter->getAllWeights(8, names) == 1 && std::string(names[0]) == "kernel");
  EXPECT(refitter->getAll(8, layers, roles) == 3);
  EXPECT(refitter->getMissing(8, layers, roles) == 0 &&
         refitter->getMissingWeights(0, nullptr) == 0);
  checkRefusals(at, *refitter, kernel);
  EXPECT(refitter->setNamedWeights("kernel", weights(other_kernel)));
  EXPECT(refitter->setWeights("conv", WeightsRole::kBIAS, weights(other_bias)));
  EXPECT(refitter->setWeights("factor", WeightsRole::kCONSTANT, weights(other_factor)));
  EXPECT(refitter->refitCudaEngine());
  EXPECT(answer(*context) != old_answer && answer(*context) == answer(*wanted));
  const File refitted(engine->serialize());
  EXPECT(same(*refitted, *after));
  EXPECT(refitter->setNamedWeights("kernel", weights(kernel)));
  EXPECT(refitter->setWeights("conv", WeightsRole::kBIAS, weights(bias)));
  EXPECT(refitter->setWeights("factor", WeightsRole::kCONSTANT, weights(factor)));
  EXPECT(refitter->refitCudaEngineAsync(nullptr));
  EXPECT(answer(*context) == old_answer);

  const std::unique_ptr<nvinfer1::ISerializationConfig> plain(engine->createSerializationConfig());
  const File fixed(engine->serializeWithConfig(*plain));
  EXPECT(fixed->size() < before->size() && !at.load(*fixed)->isRefittable());
  EXPECT(at.refitter(*at.load(*fixed)) == nullptr && at.log.says("BuilderFlag::kREFIT"));
}

/// Only what was marked can be replaced.
void replaceMarkedWeights(Stage& at) {
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(at.builder->createBuilderConfig());
  config->setFlag(BuilderFlag::kREFIT_INDIVIDUAL);
  const auto kernel = numbers(kMaps * kTaps, 0.25F), bias = numbers(kMaps, 1),
             factor = std::vector<float>(kMaps, 1);
  const File file = buildSmall(at, *config, kernel, bias, factor);
  const auto engine = at.load(*file);
  const auto refitter = at.refitter(*engine);
  EXPECT(refitter->getAll(0, nullptr, nullptr) == 1);
  EXPECT(!refitter->setWeights("conv", WeightsRole::kBIAS, weights(bias)));
  EXPECT(refitter->setWeights("conv", WeightsRole::kKERNEL, weights(kernel)));
  EXPECT(refitter->refitCudaEngine());
}

/// An engine without weights takes them from the model it was built from.
void makeWhole(Stage& at) {
  const std::string model = at.folder + "/mnist.onnx";
  const auto network = parse(*at.builder, at.log, model);
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(at.builder->createBuilderConfig());
  const File whole(at.builder->buildSerializedNetwork(*network, *config));
  config->setFlag(BuilderFlag::kSTRIP_PLAN);
  const File stripped(at.builder->buildSerializedNetwork(*network, *config));
  EXPECT(stripped && stripped->size() < whole->size());
  const auto engine = at.load(*stripped);
  EXPECT(engine && engine->getNbIOTensors() == 2 && engine->isRefittable());
  EXPECT(engine->createExecutionContext() == nullptr && at.log.says("refit it"));
  EXPECT(engine->getEngineStat(nvinfer1::EngineStat::kSTRIPPED_WEIGHTS_SIZE) > 0);
  EXPECT(same(*File(engine->serialize()), *stripped));

  const auto refitter = at.refitter(*engine);
  EXPECT(refitter->getMissingWeights(0, nullptr) == refitter->getAllWeights(0, nullptr));
  EXPECT(!refitter->refitCudaEngine() && at.log.says("are missing"));
  const char* name = nullptr;
  EXPECT(refitter->getAllWeights(1, &name) > 1);
  const std::vector<float> zeros(static_cast<size_t>(refitter->getWeightsPrototype(name).count));
  EXPECT(!refitter->setNamedWeights(name, weights(zeros)) && at.log.says("not those the engine"));
  const std::unique_ptr<nvonnxparser::IParserRefitter> parser(
      nvonnxparser::createParserRefitter(*refitter, at.log));
  EXPECT(!parser->refitFromFile("nowhere.onnx") && parser->getNbErrors() == 1);
  EXPECT(parser->refitFromFile(model.c_str()));
  EXPECT(refitter->getMissingWeights(0, nullptr) == 0 && refitter->refitCudaEngine());
  std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
  const DeviceFloats picture(kPixels), scores(kDigits);
  picture.write(readDigit(at.folder, 5));
  std::vector<void*> bindings{picture.data(), scores.data()};
  EXPECT(context->executeV2(bindings.data()) && best(scores.read()) == 5);

  const std::unique_ptr<nvinfer1::ISerializationConfig> without(
      engine->createSerializationConfig());
  without->setFlag(nvinfer1::SerializationFlag::kEXCLUDE_WEIGHTS);
  EXPECT(same(*File(engine->serializeWithConfig(*without)), *stripped));
}

}  // namespace

int main(int argc, char** argv) {
  EXPECT(argc == 2);
  Stage stage(argv[1]);
  replaceWeights(stage);
  replaceMarkedWeights(stage);
  makeWhole(stage);
  return passed("refit");
}
