// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builders, their configurations and runtimes of the 7.x interface.
#include <cstring>
#include <memory>

#include "api/compat7/calibrator.h"
#include "api/compat7/engine.h"
#include "api/compat7/network.h"

namespace tenon::compat7 {

namespace {

constexpr uint32_t bit(v7::BuilderFlag flag) { return 1U << static_cast<unsigned>(flag); }

/// Settings by themselves; what they mean now is said when an engine is built.
class Config final : public v7::IBuilderConfig {
 public:
  void setAvgTimingIterations(int avgTiming) override { timing_iterations_ = avgTiming; }
  int getAvgTimingIterations() const override { return timing_iterations_; }
  void setInt8Calibrator(v7::IInt8Calibrator* calibrator) override { calibrator_ = calibrator; }
  v7::IInt8Calibrator* getInt8Calibrator() const override { return calibrator_; }
  void setMaxWorkspaceSize(std::size_t workspaceSize) override { workspace_ = workspaceSize; }
  std::size_t getMaxWorkspaceSize() const override { return workspace_; }
  void setFlags(v7::BuilderFlags builderFlags) override { flags_ = builderFlags; }
  v7::BuilderFlags getFlags() const override { return flags_; }
  void clearFlag(v7::BuilderFlag builderFlag) override { flags_ &= ~bit(builderFlag); }
  void setFlag(v7::BuilderFlag builderFlag) override { flags_ |= bit(builderFlag); }
  bool getFlag(v7::BuilderFlag builderFlag) const override {
    return (flags_ & bit(builderFlag)) != 0;
  }
  void setDLACore(int dlaCore) override { dla_core_ = dlaCore; }
  int getDLACore() const override { return dla_core_; }
  void setDefaultDeviceType(v7::DeviceType deviceType) override { device_ = deviceType; }
  v7::DeviceType getDefaultDeviceType() const override { return device_; }
  void destroy() override { delete this; }

  /// Tells a configuration of the present interface the same.
  void apply(nvinfer1::IBuilderConfig& now) const {
    using Then = v7::BuilderFlag;
    using Now = nvinfer1::BuilderFlag;
    constexpr std::pair<Then, Now> kFlags[] = {
        {Then::kFP16, Now::kFP16},
        {Then::kINT8, Now::kINT8},
        {Then::kDEBUG, Now::kDEBUG},
        {Then::kGPU_FALLBACK, Now::kGPU_FALLBACK},
        {Then::kSTRICT_TYPES, Now::kPREFER_PRECISION_CONSTRAINTS},
        {Then::kREFIT, Now::kREFIT}};
    for (const auto& [then, flag] : kFlags) {
      if (getFlag(then)) now.setFlag(flag);
    }
    if (workspace_ != 0) now.setMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE, workspace_);
    if (timing_iterations_ > 0) now.setAvgTimingIterations(timing_iterations_);
  }

 private:
  v7::BuilderFlags flags_ = 0;
  std::size_t workspace_ = 0;
  int timing_iterations_ = 0, dla_core_ = -1;
  v7::DeviceType device_ = v7::DeviceType::kGPU;
  v7::IInt8Calibrator* calibrator_ = nullptr;
};

/// How many bytes one sample is of each input; none where the batch is an extent like others.
std::vector<SampleSize> sample_sizes(const Network& network) {
  std::vector<SampleSize> sizes;
  if (!network.hasImplicitBatchDimension()) return sizes;
  for (int i = 0; i < network.getNbInputs(); ++i) {
    const v7::ITensor& input = *network.getInput(i);
    const v7::Dims dims = input.getDimensions();
    std::size_t bytes = input.getType() == v7::DataType::kINT8   ? 1
                        : input.getType() == v7::DataType::kHALF ? 2
                                                                 : 4;
    for (int axis = 0; axis < dims.nbDims; ++axis) bytes *= static_cast<std::size_t>(dims.d[axis]);
    sizes.push_back({input.getName(), bytes});
  }
  return sizes;
}

class Builder final : public v7::IBuilder {
 public:
  Builder(std::unique_ptr<nvinfer1::IBuilder> now, v7::ILogger& logger)
      : now_(std::move(now)), logger_(logger) {}

  v7::INetworkDefinition* createNetwork() override { return create(true); }
  v7::INetworkDefinition* createNetworkV2(v7::NetworkDefinitionCreationFlags flags) override {
    return create((flags & 1U) == 0);
  }
  void setMaxBatchSize(int batchSize) override { max_batch_ = batchSize; }
  int getMaxBatchSize() const override { return max_batch_; }
  v7::IBuilderConfig* createBuilderConfig() override { return new Config; }
  v7::ICudaEngine* buildEngineWithConfig(v7::INetworkDefinition& network,
                                         v7::IBuilderConfig& config) override {
    if (max_batch_ < 1) {
      logger_.log(v7::ILogger::Severity::kERROR, "setMaxBatchSize takes 1 or more");
      return nullptr;
    }
    auto& mine = static_cast<Network&>(network);
    const std::unique_ptr<nvinfer1::IBuilderConfig> now(now_->createBuilderConfig());
    if (now == nullptr) return nullptr;
    static_cast<Config&>(config).apply(*now);
    std::unique_ptr<nvinfer1::IInt8Calibrator> calibrator;
    if (v7::IInt8Calibrator* then = config.getInt8Calibrator()) {
      calibrator = calibrator_of(*then, sample_sizes(mine));
      now->setInt8Calibrator(calibrator.get());
    }
    const std::unique_ptr<nvinfer1::IHostMemory> plan(
        now_->buildSerializedNetwork(mine.now(), *now));
    if (plan == nullptr) return nullptr;
    EngineHeader header;
    header.max_batch = mine.hasImplicitBatchDimension() ? max_batch_ : 1;
    header.implicit_batch = mine.hasImplicitBatchDimension() ? 1 : 0;
    return Engine::load(plan->data(), plan->size(), header, logger_);
  }
  v7::ICudaEngine* buildCudaEngine(v7::INetworkDefinition& network) override {
    return buildEngineWithConfig(network, own_);
  }
  void setMaxWorkspaceSize(std::size_t workspaceSize) override {
    own_.setMaxWorkspaceSize(workspaceSize);
  }
  std::size_t getMaxWorkspaceSize() const override { return own_.getMaxWorkspaceSize(); }
  void setFp16Mode(bool mode) override { set(v7::BuilderFlag::kFP16, mode); }
  bool getFp16Mode() const override { return own_.getFlag(v7::BuilderFlag::kFP16); }
  void setInt8Mode(bool mode) override { set(v7::BuilderFlag::kINT8, mode); }
  bool getInt8Mode() const override { return own_.getFlag(v7::BuilderFlag::kINT8); }
  void setInt8Calibrator(v7::IInt8Calibrator* calibrator) override {
    own_.setInt8Calibrator(calibrator);
  }
  bool platformHasFastFp16() const override { return now_->platformHasFastFp16(); }
  bool platformHasFastInt8() const override { return now_->platformHasFastInt8(); }
  int getNbDLACores() const override { return 0; }
  int getMaxDLABatchSize() const override { return 0; }
  void destroy() override { delete this; }

 private:
  ~Builder() override = default;
  v7::INetworkDefinition* create(bool implicit_batch) {
    std::unique_ptr<nvinfer1::INetworkDefinition> now(now_->createNetworkV2(0));
    return now == nullptr ? nullptr : new Network(std::move(now), implicit_batch);
  }
  void set(v7::BuilderFlag flag, bool on) { on ? own_.setFlag(flag) : own_.clearFlag(flag); }

  std::unique_ptr<nvinfer1::IBuilder> now_;
  v7::ILogger& logger_;
  Config own_;
  int max_batch_ = 1;
};

class Runtime final : public v7::IRuntime {
 public:
  explicit Runtime(v7::ILogger& logger) : logger_(logger) {}
  v7::ICudaEngine* deserializeCudaEngine(const void* blob, std::size_t size,
                                         v7::IPluginFactory* pluginFactory) noexcept override {
    EngineHeader header;
    const EngineHeader expected;
    if (blob != nullptr && size >= sizeof header) std::memcpy(&header, blob, sizeof header);
    const bool sound = blob != nullptr && size >= sizeof header && header.max_batch >= 1 &&
                       std::memcmp(header.magic, expected.magic, sizeof header.magic) == 0;
    if (!sound || pluginFactory != nullptr) {
      logger_.log(v7::ILogger::Severity::kERROR,
                  sound ? "deserializeCudaEngine takes no plugin factory: register creators"
                        : "these bytes are not what ICudaEngine::serialize of this interface gave");
      return nullptr;
    }
    return Engine::load(static_cast<const char*>(blob) + sizeof header, size - sizeof header,
                        header, logger_);
  }
  void setDLACore(int) noexcept override {}
  int getDLACore() const noexcept override { return -1; }
  int getNbDLACores() const noexcept override { return 0; }
  void destroy() noexcept override { delete this; }

 private:
  ~Runtime() override = default;
  v7::ILogger& logger_;
};

}  // namespace

}  // namespace tenon::compat7

namespace nvinfer1::compat7 {

TENON_COMPAT7_API IBuilder* createInferBuilder(ILogger& logger) {
  std::unique_ptr<nvinfer1::IBuilder> now(
      nvinfer1::createInferBuilder(tenon::compat7::logger_of(logger)));
  return now == nullptr ? nullptr : new tenon::compat7::Builder(std::move(now), logger);
}

TENON_COMPAT7_API IRuntime* createInferRuntime(ILogger& logger) {
  return new tenon::compat7::Runtime(logger);
}

}  // namespace nvinfer1::compat7
