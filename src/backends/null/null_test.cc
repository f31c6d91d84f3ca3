// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Nothing is accepted everywhere, loads, runs and leaves its outputs alone.
#include <gmock/gmock.h>

#include "backends/null/register.h"

namespace tenon::null {
namespace {

class Null : public testing::Test {
 protected:
  Null() : diag(sink) { register_kernels(registry); }

  kernel::NodeInfo node(const ops::Op& op) {
    kernel::PortInfo port;
    port.min = port.opt = port.max = {2};
    port.shape = {2};
    return {&op, "node", {port}, {port}};
  }

  kernel::Registry registry;
  CollectingSink sink;
  Diagnostics diag;
};

TEST_F(Null, GoesTheWholeWayAndTouchesNothing) {
  const ops::Op op = ops::Identity{};
  const kernel::NodeInfo info = node(op);
  const auto candidates = kernel::candidates_for(registry, info, device::Target{}, diag);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0]->id().text(), "null/identity@1");
  const auto configurations = candidates[0]->configurations(diag);
  ASSERT_EQ(configurations.size(), 1U);
  const auto record = candidates[0]->record(configurations[0], 0, 1, diag);
  ASSERT_TRUE(record.ok());
  const kernel::TensorDesc descs[] = {info.inputs[0].opt_desc({})};
  const kernel::RecordHolder holder(*record, "node", descs, descs);
  const auto loaded = kernel::load(registry, holder.view(), diag);
  ASSERT_TRUE(loaded.ok());
  const auto instance = (*loaded)->create_instance({});
  ASSERT_TRUE(instance.ok());
  const float x[] = {1, 2};
  float y[] = {3, 4};
  const void* inputs[] = {x};
  void* outputs[] = {y};
  EXPECT_TRUE((*instance)->on_shapes(descs, descs).ok());
  EXPECT_TRUE((*instance)->run({descs, descs, inputs, outputs, nullptr, nullptr}).ok());
  EXPECT_THAT(y, testing::ElementsAre(3, 4));
}

TEST_F(Null, LeavesPluginsToTheirOwnKernels) {
  const ops::Op op = ops::Foreign{};
  const kernel::NodeInfo info = node(op);
  std::vector<std::unique_ptr<kernel::Candidate>> out;
  registry.sources()[0]->candidates(info, device::Target{}, diag, out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(sink.entries.size(), 1U);
}

TEST_F(Null, RefusesAnotherVersion) {
  kernel::Record record;
  record.id = {"null", "identity", 2};
  const kernel::RecordHolder holder(record, "idle", {}, {});
  EXPECT_FALSE(kernel::load(registry, holder.view(), diag).ok());
  EXPECT_THAT(sink.errors(), testing::HasSubstr("layer 'idle' needs kernel null/identity@2"));
}

}  // namespace
}  // namespace tenon::null
