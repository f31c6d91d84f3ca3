// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Safe plugins are asked in the order that the interface promises, with tensors described in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "plugin/adapt/fields.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/safe_build/loaded.h"
#include "plugin/adapt/safe_build/resource_context.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/descriptor.h"

namespace tenon::plugin {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using namespace nvinfer2::safe;  // NOLINT(google-build-using-namespace): all foreign words

/// What plugins were asked, in order.
std::vector<std::string>& calls() {
  static std::vector<std::string> all;
  return all;
}
void note(const std::string& call) { calls().push_back(call); }

/// Adds `addend` to every element. Knows several static shapes.
class AddPlugin final : public nvinfer1::IPluginV3,
                        public IPluginV3OneSafeCore,
                        public IPluginV3OneSafeBuildMSS,
                        public IPluginV3OneSafeRuntime {
 public:
  explicit AddPlugin(float addend) : addend_(addend) {}

  IPluginCapability* getCapabilityInterface(nvinfer1::PluginCapabilityType type) noexcept override {
    switch (type) {
      case nvinfer1::PluginCapabilityType::kCORE:
        return static_cast<IPluginV3OneSafeCore*>(this);
      case nvinfer1::PluginCapabilityType::kBUILD:
        return static_cast<IPluginV3OneSafeBuildMSS*>(this);
      default:
        return static_cast<IPluginV3OneSafeRuntime*>(this);
    }
  }
  IPluginV3* clone() noexcept override {
    note("clone");
    return new AddPlugin(addend_);
  }
  AsciiChar const* getPluginName() const noexcept override { return "Add"; }
  AsciiChar const* getPluginVersion() const noexcept override { return "1"; }
  AsciiChar const* getPluginNamespace() const noexcept override { return ""; }

  int32_t configurePlugin(TensorDescriptor const* in, int32_t, TensorDescriptor const*,
                          int32_t) noexcept override {
    note("configurePlugin " + std::to_string(in[0].userShape.d[0]));
    return 0;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const* in,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t pos, TensorDescriptor const* all, int32_t,
                                 int32_t) noexcept override {
    note("supportsFormatCombination " + std::to_string(pos));
    return all[pos].vectorizedDim == -1 && all[pos].dataType == DataType::kFLOAT;
  }
  int32_t getNbOutputs() const noexcept override { return 1; }
  size_t getWorkspaceSize(TensorDescriptor const* in, int32_t, TensorDescriptor const*,
                          int32_t) const noexcept override {
    note("getWorkspaceSize " + std::to_string(in[0].userShape.d[0]));
    return in[0].sizeInBytes;
  }
  int32_t getNbTactics() noexcept override { return 2; }
  int32_t getValidTactics(int32_t* tactics, int32_t) noexcept override {
    note("getValidTactics");
    tactics[0] = 3;
    tactics[1] = 5;
    return 0;
  }
  int32_t getSymbolicOutputShapes(nvinfer1::DimsExprs const* in, int32_t, nvinfer1::DimsExprs* out,
                                  int32_t, nvinfer1::IExprBuilder&) const noexcept override {
    note("getSymbolicOutputShapes");
    out[0] = in[0];
    return 0;
  }

  int32_t setTactic(int32_t tactic) noexcept override {
    note("setTactic " + std::to_string(tactic));
    return 0;
  }
  int32_t enqueue(TensorDescriptor const* in, TensorDescriptor const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t) noexcept override {
    note("enqueue");
    const auto* from = static_cast<const float*>(inputs[0]);
    auto* to = static_cast<float*>(outputs[0]);
    for (uint64_t i = 0; i < in[0].sizeInBytes / 4; ++i) to[i] = from[i] + addend_;
    return 0;
  }
  int32_t initResource(ISafePluginResourceContext const* context) noexcept override {
    const bool whole = context->getSafeMemAllocator() != nullptr &&
                       context->getSafeRecorder() != nullptr &&
                       context->getRuntimeErrorInformation() != nullptr;
    note(whole ? "initResource" : "initResource without resources");
    return 0;
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    note("getFieldsToSerialize");
    field_ = {"addend", &addend_, nvinfer1::PluginFieldType::kFLOAT32, 1};
    fields_ = {1, &field_};
    return &fields_;
  }

 private:
  float addend_;
  PluginField field_;
  PluginFieldCollection fields_{};
};

class AddCreator final : public ISafePluginCreatorV3One {
 public:
  IPluginV3* createPlugin(AsciiChar const*, PluginFieldCollection const* fields,
                          TensorRTPhase phase) noexcept override {
    note(phase == TensorRTPhase::kRUNTIME ? "createPlugin kRUNTIME" : "createPlugin kBUILD");
    if (fields->nbFields != 1) return nullptr;
    return new AddPlugin(*static_cast<const float*>(fields->fields[0].data));
  }
  PluginFieldCollection const* getFieldNames() noexcept override { return &names_; }
  AsciiChar const* getPluginName() const noexcept override { return "Add"; }
  AsciiChar const* getPluginVersion() const noexcept override { return "1"; }
  AsciiChar const* getPluginNamespace() const noexcept override { return ""; }
  ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(ISafeRecorder& recorder) noexcept override { recorder_ = &recorder; }

 private:
  PluginFieldCollection names_{};
  ISafeRecorder* recorder_ = nullptr;
};

/// A registry of one creator.
class OneCreator final : public ISafePluginRegistry {
 public:
  ErrorCode registerCreator(IPluginCreatorInterface& creator, AsciiChar const*,
                            ISafeRecorder&) noexcept override {
    creator_ = &creator;
    return ErrorCode::kSUCCESS;
  }
  ErrorCode getAllCreators(IPluginCreatorInterface* const*& creators,
                           int32_t& count) const noexcept override {
    creators = &creator_;
    count = creator_ == nullptr ? 0 : 1;
    return ErrorCode::kSUCCESS;
  }
  ErrorCode getCreator(IPluginCreatorInterface*&, AsciiChar const*, AsciiChar const*,
                       AsciiChar const*) noexcept override {
    return ErrorCode::kINVALID_CONFIG;
  }
  ErrorCode setSafeRecorder(ISafeRecorder&) noexcept override { return ErrorCode::kSUCCESS; }
  ErrorCode getSafeRecorder(ISafeRecorder*&) const noexcept override {
    return ErrorCode::kINVALID_CONFIG;
  }
  ErrorCode deregisterCreator(IPluginCreatorInterface const&) noexcept override {
    creator_ = nullptr;
    return ErrorCode::kSUCCESS;
  }

 private:
  IPluginCreatorInterface* creator_ = nullptr;
};

OneCreator& registry() {
  static OneCreator one;
  return one;
}

std::vector<int64_t> listed(const PhysicalDims& dims) { return {dims.d, dims.d + dims.nbDims}; }

TEST(SafeDescriptor, DescribesVectorsAsTheInterfaceDoes) {
  const TensorDescriptor hwc8 =
      to_descriptor("image", {DType::F16, kernel::Layout::hwc(8), {1, 10, 3, 4}, 0},
                    nvinfer1::TensorIOMode::kINPUT);
  EXPECT_THAT(listed(hwc8.shape), ElementsAre(1, 2, 8, 3, 4));
  EXPECT_THAT(listed(hwc8.stride), ElementsAre(192, 8, 1, 64, 16));
  EXPECT_THAT(listed(hwc8.strideOrder), ElementsAre(4, 1, 0, 3, 2));
  EXPECT_EQ(hwc8.componentsPerVector, 8U);
  EXPECT_EQ(hwc8.vectorizedDim, 1);
  EXPECT_EQ(hwc8.sizeInBytes, 1U * 16 * 3 * 4 * 2);
  EXPECT_EQ(hwc8.userShape.d[1], 10);
  EXPECT_STREQ(hwc8.tensorName, "image");
  EXPECT_EQ(hwc8.ioMode, nvinfer1::TensorIOMode::kINPUT);

  const TensorDescriptor chw4 = to_descriptor(
      "", {DType::I8, kernel::Layout::chw(4), {2, 5, 3, 4}, 0}, nvinfer1::TensorIOMode::kOUTPUT);
  EXPECT_THAT(listed(chw4.shape), ElementsAre(2, 2, 4, 3, 4));
  EXPECT_THAT(listed(chw4.stride), ElementsAre(96, 48, 1, 16, 4));

  const TensorDescriptor hwc = to_descriptor(
      "", {DType::F32, kernel::Layout::hwc(), {2, 5, 3, 4}, 0}, nvinfer1::TensorIOMode::kOUTPUT);
  EXPECT_THAT(listed(hwc.stride), ElementsAre(60, 1, 20, 5));
  EXPECT_EQ(hwc.vectorizedDim, -1);
  const TensorDescriptor linear =
      to_descriptor("", {DType::I32, {}, {2, 3}, 0}, nvinfer1::TensorIOMode::kOUTPUT);
  EXPECT_THAT(listed(linear.stride), ElementsAre(3, 1));
  EXPECT_THAT(listed(linear.strideOrder), ElementsAre(1, 0));
}

/// Calls in a whole build of one plugin of two IO profiles.
TEST(SafePlugin, IsAskedInThePromisedOrder) {
  CollectingSink sink;
  Diagnostics diag(sink);
  calls().clear();
  AddPlugin original(2);
  EXPECT_TRUE(is_safe(original));
  const auto op = SafeOp::create(original, "add1", "/lib/libadd.so", "{}", diag);
  ASSERT_TRUE(op.ok()) << sink.errors();
  EXPECT_EQ((*op)->family(), "safe_mss");

  kernel::NodeInfo node;
  node.name = "add1";
  kernel::PortInfo port;
  port.min = {1, 4};
  port.opt = {1, 4};
  port.max = {5, 4};
  port.each = {{1, 4}, {5, 4}};
  node.inputs = {port};
  node.outputs = {port};
  std::vector<std::unique_ptr<kernel::Candidate>> candidates;
  (*op)->candidates(node, {}, diag, candidates);
  ASSERT_EQ(candidates.size(), 1U) << sink.errors();
  kernel::Candidate& candidate = *candidates[0];
  const auto configurations = candidate.configurations(diag);
  ASSERT_EQ(configurations.size(), 1U);
  ASSERT_TRUE(candidate.configure(configurations[0], diag).ok());
  EXPECT_THAT(candidate.tactics(), ElementsAre(3, 5));
  const auto timed = candidate.load_for_timing(configurations[0], 5, diag);
  ASSERT_TRUE(timed.ok()) << sink.errors();
  const auto record = candidate.record(configurations[0], 5, 1, diag);
  ASSERT_TRUE(record.ok()) << sink.errors();
  EXPECT_THAT(calls(), ElementsAreArray({"clone", "clone", "supportsFormatCombination 0",
                                         "supportsFormatCombination 1", "configurePlugin 1",
                                         "getValidTactics", "getWorkspaceSize 1",
                                         "getWorkspaceSize 5", "clone", "initResource",
                                         "setTactic 5", "configurePlugin 1", "getWorkspaceSize 1",
                                         "getWorkspaceSize 5", "getFieldsToSerialize"}));

  EXPECT_EQ(record->id.text(), "plugin.safe/Add@1");
  EXPECT_EQ(record->plugin_library, "libadd.so");
  const auto params = unpack_v3(record->params);
  ASSERT_TRUE(params.ok());
  EXPECT_EQ(params->workspace, 5U * 4 * 4);
  EXPECT_EQ(params->tensor_inputs, 1U);
  auto fields = FieldStore::unpack(params->fields);
  EXPECT_EQ(fields->describe(), "{\"addend\":2}");
}

TEST(SafePlugin, RunsFromItsRecordThroughClones) {
  CollectingSink sink;
  Diagnostics diag(sink);
  AddPlugin original(2);
  kernel::Record record;
  record.id = {"plugin.safe", "Add", 1};
  record.plugin_version = "1";
  record.tactic = 3;
  V3Params params{64, 1, FieldStore::copy(original.getFieldsToSerialize())->pack()};
  record.params = pack(params);
  const kernel::TensorDesc desc{DType::F32, {}, {4}, 0};
  const kernel::RecordHolder holder(record, "add1", {&desc, 1}, {&desc, 1});
  const kernel::LoadFunction load =
      safe_loader([]() -> const SafeRegistry* { return &registry(); });

  EXPECT_FALSE(load(holder.view(), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("the engine needs safe plugin name \"Add\""));
  EXPECT_THAT(sink.errors(), HasSubstr("where there are: none"));

  AddCreator creator;
  registry().registerCreator(creator, "", process_recorder());
  calls().clear();
  auto loaded = load(holder.view(), diag);
  ASSERT_TRUE(loaded.ok()) << sink.errors();
  EXPECT_EQ((*loaded)->workspace({}, {}), 64U);
  auto instance = (*loaded)->create_instance({});
  ASSERT_TRUE(instance.ok());
  ASSERT_TRUE((*instance)->on_shapes({&desc, 1}, {&desc, 1}).ok());
  const float input[4] = {1, 2, 3, 4};
  float output[4] = {};
  const void* inputs[] = {input};
  void* outputs[] = {output};
  device::Stream stream;
  ASSERT_TRUE((*instance)->run({&desc, &desc, inputs, outputs, nullptr, &stream}).ok());
  EXPECT_THAT(output, ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(calls(), ElementsAre("createPlugin kRUNTIME", "initResource", "setTactic 3", "clone",
                                   "initResource", "setTactic 3", "enqueue"));
  registry().deregisterCreator(creator);
}

}  // namespace
}  // namespace tenon::plugin
