// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The life of V2 plugins without an engine: what they answer, save, read back and compute.
#include "plugin_library/base/plugin_v2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "plugin_library/test_creators.h"
#include "tenon/host_plugin.h"

namespace {
std::vector<std::string> notedAsHost;
}  // namespace

/// Stands before the engine's own in this program.
bool tenon::set_host_plugin(char const* name, char const* version,
                            char const* pluginNamespace) noexcept {
  notedAsHost.push_back(std::string(name) + " " + version + " '" + pluginNamespace + "'");
  return true;
}

namespace shipped {
namespace {

using nvinfer1::DataType;
using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginFieldType;
using nvinfer1::PluginTensorDesc;
using nvinfer1::TensorFormat;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Bytes = std::vector<std::byte>;

PluginTensorDesc desc(std::vector<int64_t> const& extents, DataType type = DataType::kFLOAT,
                      TensorFormat format = TensorFormat::kLINEAR) {
  PluginTensorDesc made{};
  made.dims.nbDims = static_cast<int32_t>(extents.size());
  std::copy(extents.begin(), extents.end(), made.dims.d);
  made.type = type;
  made.format = format;
  return made;
}

Bytes saved(nvinfer1::IPluginV2 const& plugin) {
  // A byte more, to see that it stays as it is.
  Bytes bytes(plugin.getSerializationSize() + 1, std::byte{0x5A});
  plugin.serialize(bytes.data());
  EXPECT_EQ(bytes.back(), std::byte{0x5A});
  bytes.pop_back();
  return bytes;
}

MadeV2 readBack(nvinfer1::IPluginCreator& creator, Bytes const& bytes) {
  return MadeV2(static_cast<nvinfer1::IPluginV2DynamicExt*>(
      creator.deserializePlugin("layer", bytes.data(), bytes.size())));
}

nvinfer1::IPluginCreator& creatorV2(std::string const& name) {
  auto* creator = creatorOf(name, "1").v2;
  EXPECT_NE(creator, nullptr) << name;
  return *creator;
}

std::vector<float> const kScales{1, 2, 3}, kBias{0.5F, -0.5F, 0};

/// Each channel of [1, 3, 2].
MadeV2 instanceNorm(float epsilon = 0) {
  return make(creatorV2("InstanceNormalization_TRT"),
              {{"epsilon", &epsilon, PluginFieldType::kFLOAT32, 1},
               {"scales", kScales.data(), PluginFieldType::kFLOAT32, 3},
               {"bias", kBias.data(), PluginFieldType::kFLOAT32, 3}});
}

void configure(nvinfer1::IPluginV2DynamicExt& plugin, PluginTensorDesc const& x) {
  DynamicPluginTensorDesc const all{x, x.dims, x.dims, x.dims};
  plugin.configurePlugin(&all, 1, &all, 1);
}

std::array<float, 6> normalized(nvinfer1::IPluginV2DynamicExt& plugin) {
  std::array<float, 6> const x{1, 3, 5, 9, -1, -3};
  std::array<float, 6> y{};
  PluginTensorDesc const same = desc({1, 3, 2});
  std::array<void const*, 1> const in{x.data()};
  std::array<void*, 1> const out{y.data()};
  EXPECT_EQ(plugin.enqueue(&same, &same, in.data(), out.data(), nullptr, nullptr), 0);
  return y;
}

TEST(PluginV2, KnowsWhoItIsAndCopiesIt) {
  MadeV2 const plugin = instanceNorm();
  ASSERT_NE(plugin, nullptr);
  EXPECT_STREQ(plugin->getPluginType(), "InstanceNormalization_TRT");
  EXPECT_STREQ(plugin->getPluginVersion(), "1");
  EXPECT_STREQ(plugin->getPluginNamespace(), "");
  EXPECT_EQ(plugin->getNbOutputs(), 1);
  plugin->setPluginNamespace(std::string("acme").c_str());
  configure(*plugin, desc({1, 3, 2}));
  EXPECT_EQ(plugin->initialize(), 0);
  MadeV2 copy(plugin->clone());
  EXPECT_STREQ(copy->getPluginNamespace(), "acme");
  EXPECT_EQ(saved(*copy), saved(*plugin));
  EXPECT_THAT(normalized(*copy), ElementsAre(-0.5F, 1.5F, -2.5F, 1.5F, 3, -3));
  plugin->terminate();
  plugin->setPluginNamespace(nullptr);
  EXPECT_STREQ(plugin->getPluginNamespace(), "");
  EXPECT_STREQ(copy->getPluginNamespace(), "acme");
}

TEST(PluginV2, TakesItsNamespaceFromTheCreator) {
  auto& creator = creatorV2("ROIAlign_TRT");
  creator.setPluginNamespace("acme");
  MadeV2 const made = make(creator, {});
  EXPECT_STREQ(made->getPluginNamespace(), "acme");
  EXPECT_STREQ(readBack(creator, saved(*made))->getPluginNamespace(), "acme");
  creator.setPluginNamespace("");
}

TEST(PluginV2, TellsEnginesForGpusThatItComputesOnTheProcessor) {
  notedAsHost.clear();
  MadeV2 const plugin = make(creatorV2("ROIAlign_TRT"), {});
  EXPECT_THAT(notedAsHost, ElementsAre("ROIAlign_TRT 1 ''"));
  plugin->setPluginNamespace("acme");
  EXPECT_EQ(notedAsHost.back(), "ROIAlign_TRT 1 'acme'");
  notedAsHost.clear();
  EXPECT_NE(readBack(creatorV2("ROIAlign_TRT"), saved(*plugin)), nullptr);
  EXPECT_THAT(notedAsHost, ElementsAre("ROIAlign_TRT 1 ''"));
}

TEST(PluginV2, TellsTypesAndRefusesWrongOnes) {
  Listening ear;
  MadeV2 const plugin = make(creatorV2("ROIAlign_TRT"), {});
  std::array const halves{DataType::kHALF, DataType::kHALF, DataType::kINT32};
  EXPECT_EQ(plugin->getOutputDataType(0, halves.data(), 3), DataType::kHALF);
  EXPECT_EQ(static_cast<int32_t>(plugin->getOutputDataType(1, halves.data(), 3)), -1);
  EXPECT_EQ(static_cast<int32_t>(plugin->getOutputDataType(-1, halves.data(), 3)), -1);
  EXPECT_THAT(ear.logger.complaints, IsEmpty());
  EXPECT_EQ(static_cast<int32_t>(plugin->getOutputDataType(0, halves.data(), 2)), -1);
  std::array const wrong{DataType::kHALF, DataType::kINT8, DataType::kINT32};
  EXPECT_EQ(static_cast<int32_t>(plugin->getOutputDataType(0, wrong.data(), 3)), -1);
  EXPECT_THAT(ear.logger.complaints,
              ElementsAre(HasSubstr("ROIAlign_TRT version 1: has 2 inputs, it must have 3"),
                          HasSubstr("input 1 must be float32 or float16")));
}

TEST(PluginV2, SupportsLinearTensorsOfOneRealType) {
  MadeV2 const plugin = make(creatorV2("ROIAlign_TRT"), {});
  std::array tensors{desc({1, 2, 8, 8}), desc({3, 4}), desc({3}, DataType::kINT32),
                     desc({3, 2, 1, 1})};
  for (int32_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(plugin->supportsFormatCombination(i, tensors.data(), 3, 1)) << i;
  }
  EXPECT_FALSE(plugin->supportsFormatCombination(-1, tensors.data(), 3, 1));
  tensors[1].type = DataType::kHALF;
  EXPECT_FALSE(plugin->supportsFormatCombination(1, tensors.data(), 3, 1));
  tensors[0].format = TensorFormat::kCHW32;
  EXPECT_FALSE(plugin->supportsFormatCombination(0, tensors.data(), 3, 1));
  tensors[2].type = DataType::kFLOAT;
  EXPECT_FALSE(plugin->supportsFormatCombination(2, tensors.data(), 3, 1));
}

TEST(PluginV2, AsksForRoomToConvertHalves) {
  MadeV2 const plugin = instanceNorm();
  PluginTensorDesc const single = desc({1, 3, 2}), half = desc({1, 3, 2}, DataType::kHALF);
  EXPECT_EQ(plugin->getWorkspaceSize(&single, 1, &single, 1), 0U);
  EXPECT_THAT(plugin->getWorkspaceSize(&half, 1, &half, 1), Gt(12 * sizeof(float)));
}

TEST(PluginV2, ComputesAfterItWasReadBack) {
  MadeV2 const first = instanceNorm();
  configure(*first, desc({1, 3, 2}));
  MadeV2 const second = readBack(creatorV2("InstanceNormalization_TRT"), saved(*first));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(saved(*second), saved(*first));
  EXPECT_THAT(normalized(*second), ElementsAre(-0.5F, 1.5F, -2.5F, 1.5F, 3, -3));
}

TEST(PluginV2, DoesNotRunOnWhatDoesNotFit) {
  Listening ear;
  MadeV2 const plugin = instanceNorm();
  std::array<float, 8> data{};
  std::array<void const*, 1> const in{data.data()};
  std::array<void*, 1> const out{data.data()};
  PluginTensorDesc const wide = desc({1, 4, 2}), good = desc({1, 3, 2});
  EXPECT_NE(plugin->enqueue(&good, &good, in.data(), out.data(), nullptr, nullptr), 0)
      << "it was not configured";
  configure(*plugin, wide);
  EXPECT_NE(plugin->enqueue(&wide, &wide, in.data(), out.data(), nullptr, nullptr), 0);
  EXPECT_THAT(ear.logger.complaints,
              ElementsAre(HasSubstr("has 0 inputs, it must have 1"), HasSubstr("dimension 1")));
}

/// Damaged bytes make another plugin or none, told each time; never anything else.
class DamagedBytes : public testing::Test {
 protected:
  DamagedBytes() {
    MadeV2 const plugin = instanceNorm(1e-3F);
    configure(*plugin, desc({1, 3, 2}));
    bytes_ = saved(*plugin);
  }
  void expectRefused(Bytes const& bytes, char const* why) {
    ear_.logger.complaints.clear();
    EXPECT_EQ(readBack(creator_, bytes), nullptr) << why;
    EXPECT_THAT(ear_.logger.complaints, Contains(HasSubstr("InstanceNormalization_TRT"))) << why;
  }
  void write(size_t at, uint32_t value) { std::memcpy(bytes_.data() + at, &value, sizeof(value)); }

  Listening ear_;
  nvinfer1::IPluginCreator& creator_ = creatorV2("InstanceNormalization_TRT");
  Bytes bytes_;
};

TEST_F(DamagedBytes, AreRefusedWhenCutShortOrTooLong) {
  for (size_t length = 0; length < bytes_.size(); ++length) {
    expectRefused(Bytes(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(length)),
                  "cut short");
  }
  bytes_.push_back(std::byte{0});
  expectRefused(bytes_, "too long");
  EXPECT_EQ(creator_.deserializePlugin("layer", nullptr, 100), nullptr);
}

TEST_F(DamagedBytes, AreRefusedWhenLengthsLie) {
  constexpr size_t kInputs = 4, kFields = 8, kName = 12, kType = 16, kLength = 20;
  Bytes const good = bytes_;
  for (size_t const at : {kInputs, kFields, kName, kType, kLength}) {
    for (uint32_t const value : {1000U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
      bytes_ = good;
      write(at, value);
      expectRefused(bytes_, "a length that lies");
    }
  }
}

TEST_F(DamagedBytes, NeverCrashWhicheverBitIsTurned) {
  for (size_t bit = 0; bit < bytes_.size() * 8; ++bit) {
    Bytes damaged = bytes_;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    ear_.logger.complaints.clear();
    MadeV2 const made = readBack(creator_, damaged);
    EXPECT_NE(made == nullptr, ear_.logger.complaints.empty()) << bit;
  }
}

TEST_F(DamagedBytes, KeepToTheRangesOfAttributes) {
  float const below = -1;
  auto const name = std::string("epsilon") + '\0';
  auto const* text = reinterpret_cast<std::byte const*>(name.data());
  auto const found = std::search(bytes_.begin(), bytes_.end(), text, text + name.size());
  ASSERT_NE(found, bytes_.end());
  std::memcpy(&*found + name.size(), &below, sizeof(below));
  expectRefused(bytes_, "epsilon below 0");
}

}  // namespace
}  // namespace shipped
