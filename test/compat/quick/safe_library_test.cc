// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quick plugins as safe plugins: the calls of a builder, a runtime and a checker.
#include <gtest/gtest.h>
#include <tenon/quick/safe_library.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace nvinfer1;
using namespace nvinfer2::safe;
using tenon::quick::Call;
using tenon::quick::find_safe_checker;
using tenon::quick::find_safe_creator;
using tenon::quick::Shapes;

/// y [n, 2 n] = factor x + tactic; refuses to run with factor 13.
struct Widen {
  float factor = 2;
  int prepared = 0;
  std::string id() const { return "quick_test::Widen"; }
  template <class Visitor>
  void attributes(Visitor& visit) {
    visit("factor", factor);
  }
  std::vector<int32_t> tactics() const { return {3, 4}; }
  void shapes(Shapes& s) const { s.output(0) = {s.input(0)[0], s.input(0)[1] * 2}; }
  void prepare(Call const&) { ++prepared; }
  void run(Call const& call) const {
    if (factor == 13) throw std::runtime_error("13 brings bad luck");
    auto const &in = call.inputs[0], &out = call.outputs[0];
    for (int64_t i = 0; i < out.count; ++i) {
      out.as<float>()[i] = factor * in.as<float const>()[i % in.count] +
                           static_cast<float>(call.tactic + 100 * prepared);
    }
  }
};

struct Other : Widen {
  std::string id() const { return "Other"; }
};

/// Keeps the last error.
class Recorder final : public ISafeRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return last.empty() ? 0 : 1; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kFAILED_EXECUTION; }
  char const* getErrorDesc(int32_t) const noexcept override { return last.c_str(); }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { last.clear(); }
  bool reportError(ErrorCode, char const* text) noexcept override {
    last = text;
    return true;
  }
  int32_t incRefCount() noexcept override { return 1; }
  int32_t decRefCount() noexcept override { return 0; }

  std::string last;
};

TensorDescriptor matrix(int64_t rows, int64_t columns) {
  TensorDescriptor d;
  d.shape = {2, {rows, columns}};
  d.userShape = {2, {rows, columns}};
  d.stride = {2, {columns, 1}};
  d.strideOrder = {2, {1, 0}};
  return d;
}

class QuickSafeTest : public testing::Test {
 protected:
  QuickSafeTest() { creator().setSafeRecorder(recorder_); }
  ~QuickSafeTest() override { creator().setSafeRecorder(none_); }

  static ISafePluginCreatorV3One& creator() {
    return static_cast<ISafePluginCreatorV3One&>(
        *find_safe_creator<Other, Widen>("quick_test", "Widen"));
  }

  /// A configured plugin of this factor.
  std::unique_ptr<IPluginV3> built(float factor) {
    PluginField const field{"factor", &factor, PluginFieldType::kFLOAT32, 1};
    PluginFieldCollection const fields{1, &field};
    std::unique_ptr<IPluginV3> plugin(creator().createPlugin("w", &fields, TensorRTPhase::kBUILD));
    auto const in = matrix(1, 2), out = matrix(1, 4);
    if (plugin != nullptr) {
      EXPECT_EQ(build(*plugin).configurePlugin(&in, 1, &out, 1), 0);
    }
    return plugin;
  }

  static IPluginV3OneSafeBuildMSS& build(IPluginV3& plugin) {
    return *static_cast<IPluginV3OneSafeBuildMSS*>(
        plugin.getCapabilityInterface(PluginCapabilityType::kBUILD));
  }
  static IPluginV3OneSafeRuntime& runtime(IPluginV3& plugin) {
    return *static_cast<IPluginV3OneSafeRuntime*>(
        plugin.getCapabilityInterface(PluginCapabilityType::kRUNTIME));
  }

  /// What `plugin` makes of 1 and 2.
  static std::vector<float> run(IPluginV3& plugin, int expected = 0) {
    auto const in = matrix(1, 2), out = matrix(1, 4);
    std::vector<float> const from{1, 2};
    std::vector<float> to(4);
    void const* const inputs[] = {from.data()};
    void* const outputs[] = {to.data()};
    EXPECT_EQ(runtime(plugin).enqueue(&in, &out, inputs, outputs, nullptr, nullptr), expected);
    return to;
  }

  Recorder recorder_;
  static Recorder none_;
};

Recorder QuickSafeTest::none_;

TEST_F(QuickSafeTest, OnlyTheNamedCreatorIsHandedOut) {
  EXPECT_NE((find_safe_creator<Other, Widen>("", "Other")), nullptr);
  EXPECT_EQ((find_safe_creator<Other, Widen>("", "Widen")), nullptr);
  EXPECT_EQ((find_safe_creator<Other, Widen>(nullptr, "Widen")), nullptr);
}

TEST_F(QuickSafeTest, AnEngineKeepsAttributesAndRuns) {
  auto const plugin = built(3);
  ASSERT_NE(plugin, nullptr);
  std::unique_ptr<IPluginV3> const loaded(creator().createPlugin(
      "w", runtime(*plugin).getFieldsToSerialize(), TensorRTPhase::kRUNTIME));
  ASSERT_NE(loaded, nullptr);
  ASSERT_EQ(runtime(*loaded).setTactic(4), 0);
  std::unique_ptr<IPluginV3> const copy(loaded->clone());
  ASSERT_EQ(runtime(*copy).initResource(nullptr), 0);
  std::vector<float> const expected{107, 110, 107, 110};
  EXPECT_EQ(run(*copy), expected);
  EXPECT_EQ(run(*copy), expected) << "prepared again without a change of shapes";
}

TEST_F(QuickSafeTest, ARuntimeNeedsTheFieldsOfAnEngine) {
  EXPECT_EQ(creator().createPlugin("w", nullptr, TensorRTPhase::kRUNTIME), nullptr);
  EXPECT_NE(recorder_.last.find("tenon_tensors"), std::string::npos) << recorder_.last;
}

TEST_F(QuickSafeTest, AnExceptionIsAnErrorOfTheRecorder) {
  auto const plugin = built(13);
  ASSERT_NE(plugin, nullptr);
  run(*plugin, 1);
  EXPECT_NE(recorder_.last.find("in run: 13 brings bad luck"), std::string::npos) << recorder_.last;
}

TEST_F(QuickSafeTest, FormatsAreReadFromStrides) {
  auto const plugin = built(1);
  TensorDescriptor tensors[] = {matrix(1, 2), matrix(1, 4)};
  EXPECT_TRUE(build(*plugin).supportsFormatCombination(0, tensors, 1, 1));
  EXPECT_TRUE(build(*plugin).supportsFormatCombination(1, tensors, 1, 1));
  tensors[1].dataType = DataType::kHALF;
  EXPECT_FALSE(build(*plugin).supportsFormatCombination(1, tensors, 1, 1));

  TensorDescriptor picture;
  picture.strideOrder = {4, {3, 2, 1, 0}};
  EXPECT_EQ(tenon::quick::format_of(picture), TensorFormat::kLINEAR);
  picture.strideOrder = {4, {3, 0, 2, 1}};
  EXPECT_EQ(tenon::quick::format_of(picture), TensorFormat::kHWC);
  picture.vectorizedDim = 1;
  picture.componentsPerVector = 8;
  picture.strideOrder = {5, {4, 1, 0, 3, 2}};
  EXPECT_EQ(tenon::quick::format_of(picture), TensorFormat::kHWC8);
  picture.componentsPerVector = 32;
  picture.strideOrder = {5, {4, 3, 0, 2, 1}};
  EXPECT_EQ(tenon::quick::format_of(picture), TensorFormat::kCHW32);
}

TEST_F(QuickSafeTest, TheCheckerDerivesExtents) {
  auto const plugin = built(1);
  PluginFieldCollection fields = *runtime(*plugin).getFieldsToSerialize();
  EXPECT_EQ((find_safe_checker<Other, Widen>("Widen2")), nullptr);
  std::unique_ptr<consistency::IPluginChecker> const checker(
      find_safe_checker<Other, Widen>("Widen1"));
  ASSERT_NE(checker, nullptr);
  EXPECT_TRUE(checker->validate({matrix(3, 5)}, {matrix(3, 10)}, &fields));
  EXPECT_FALSE(checker->validate({matrix(3, 5)}, {matrix(3, 9)}, &fields));
  EXPECT_FALSE(checker->validate({matrix(3, 5), matrix(3, 5)}, {matrix(3, 10)}, &fields));
  EXPECT_FALSE(checker->validate({matrix(3, 5)}, {matrix(3, 10)}, nullptr));
}

}  // namespace
