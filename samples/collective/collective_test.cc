// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What launchers tell, fields, and shapes; nothing here needs a GPU.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "collective_plugin.h"

namespace collective {
namespace {

using namespace nvinfer1;

/// The environment of a test: these variables and no others that launchers set.
class Environment {
 public:
  explicit Environment(std::map<std::string, std::string> const& wanted) {
    for (char const* name : kAll) unsetenv(name);
    for (auto const& [name, value] : wanted) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (char const* name : kAll) unsetenv(name);
  }
  Environment(Environment const&) = delete;
  Environment& operator=(Environment const&) = delete;

 private:
  static constexpr char const* kAll[] = {
      "RANK",        "WORLD_SIZE",  "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
      "PMI_RANK",    "PMI_SIZE",    "SLURM_PROCID",         "SLURM_NTASKS",
      "MASTER_ADDR", "MASTER_PORT", "COLLECTIVE_PORT",      "NCCL_COMM_ID"};
};

Place found(std::map<std::string, std::string> const& wanted) {
  Environment const environment(wanted);
  Place place;
  std::string fault;
  EXPECT_TRUE(Place::find(place, fault)) << fault;
  return place;
}
std::string fault_of(std::map<std::string, std::string> const& wanted) {
  Environment const environment(wanted);
  Place place;
  std::string fault;
  EXPECT_FALSE(Place::find(place, fault));
  return fault;
}

TEST(Place, IsOneProcessWhereNobodyLaunched) {
  Place const place = found({});
  EXPECT_EQ(place.rank, 0);
  EXPECT_EQ(place.ranks, 1);
  EXPECT_EQ(place.address, "");
}

TEST(Place, ReadsWhatLaunchersTell) {
  Place place = found(
      {{"RANK", "3"}, {"WORLD_SIZE", "8"}, {"MASTER_ADDR", "node7"}, {"MASTER_PORT", "1234"}});
  EXPECT_EQ(place.rank, 3);
  EXPECT_EQ(place.ranks, 8);
  EXPECT_EQ(place.address, "node7:1235");
  place = found({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}});
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.address, "127.0.0.1:29501");
  EXPECT_EQ(found({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}, {"COLLECTIVE_PORT", "77"}}).address,
            "127.0.0.1:77");
  EXPECT_EQ(found({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}, {"NCCL_COMM_ID", "a:1"}}).address,
            "a:1");
}

TEST(Place, RefusesWhatMakesNoSense) {
  EXPECT_EQ(fault_of({{"RANK", "2"}, {"WORLD_SIZE", "2"}}),
            "this is process 2 of 2, counted from 0");
  EXPECT_EQ(fault_of({{"RANK", "x"}, {"WORLD_SIZE", "2"}}),
            "RANK is \"x\", which is no number from 0 on");
  EXPECT_EQ(fault_of({{"RANK", "0"}, {"WORLD_SIZE", "0"}}),
            "WORLD_SIZE is \"0\", which is no number from 1 on");
}

PluginField text_field(char const* name, std::string const& text) {
  return {name, text.data(), PluginFieldType::kCHAR, static_cast<int32_t>(text.size())};
}

TEST(Fields, AreReadAndWrittenBack) {
  std::string const operation = "reduce_scatter", reduction = "max";
  int32_t const ranks = 4, root = 3;
  PluginField const fields[] = {text_field("operation", operation),
                                text_field("reduction", reduction),
                                {"ranks", &ranks, PluginFieldType::kINT32, 1},
                                {"root", &root, PluginFieldType::kINT32, 1}};
  PluginFieldCollection const all{4, fields};
  Parameters parameters;
  ASSERT_TRUE(read(&all, parameters));
  EXPECT_EQ(parameters.operation, Operation::ReduceScatter);
  EXPECT_EQ(parameters.reduction, Reduction::Max);
  EXPECT_EQ(parameters.root, 3);
  CollectivePlugin plugin(parameters, true);
  Parameters again;
  ASSERT_TRUE(read(plugin.getFieldsToSerialize(), again));
  EXPECT_EQ(again.operation, parameters.operation);
  EXPECT_EQ(again.reduction, parameters.reduction);
  EXPECT_EQ(again.root, 3);
  EXPECT_EQ(again.ranks, 4);
}

TEST(Fields, AreRefused) {
  Parameters parameters;
  std::string const wrong = "scatter";
  int32_t const root = 2, ranks = 2;
  PluginField const operation = text_field("operation", wrong);
  PluginFieldCollection all{1, &operation};
  EXPECT_FALSE(read(&all, parameters));
  PluginField const beyond[] = {{"root", &root, PluginFieldType::kINT32, 1},
                                {"ranks", &ranks, PluginFieldType::kINT32, 1}};
  all = {2, beyond};
  EXPECT_FALSE(read(&all, parameters));
  PluginField const untyped{"ranks", &ranks, PluginFieldType::kFLOAT32, 1};
  all = {1, &untyped};
  EXPECT_FALSE(read(&all, parameters));
}

class Logger final : public ILogger {
  void log(Severity, AsciiChar const*) noexcept override {}
};

/// Extents of the outcome for an input [8, 3] and four processes.
Dims shape_of(Operation operation) {
  Logger logger;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(logger));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {8, 3}});
  CollectivePlugin plugin({operation, Reduction::Sum, 0, 4}, true);
  IPluginV3Layer* layer = network->addPluginV3(&x, 1, nullptr, 0, plugin);
  return layer == nullptr ? Dims{-1, {}} : layer->getOutput(0)->getDimensions();
}

TEST(Shapes, FollowTheOperation) {
  EXPECT_EQ(shape_of(Operation::AllReduce).d[0], 8);
  EXPECT_EQ(shape_of(Operation::Broadcast).d[0], 8);
  EXPECT_EQ(shape_of(Operation::AllGather).d[0], 32);
  EXPECT_EQ(shape_of(Operation::ReduceScatter).d[0], 2);
  EXPECT_EQ(shape_of(Operation::ReduceScatter).d[1], 3);
}

}  // namespace
}  // namespace collective
