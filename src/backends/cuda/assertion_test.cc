// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Assertions, by the driver of the CUDA runtime on the CPU.
#include <gmock/gmock.h>

#include "backends/cuda/list.h"
#include "backends/cuda/own_kernel.h"
#include "device/host_gpu_test.h"

namespace tenon::cuda {
namespace {

class Assertions : public device::HostGpuTest {
 protected:
  void SetUp() override {
    HostGpuTest::SetUp();
    kernel::PortInfo port;
    port.dtype = DType::Bool;
    port.min = port.opt = port.max = {3};
    node.inputs = node.outputs = {port};
    const Row& row = *find_row("assertion");
    ASSERT_TRUE(row.serves(op));
    ASSERT_EQ(row.refuse(node, gpu->target()), "");
    const auto candidate = row.create(row, node, gpu->target());
    const auto record = candidate->record(candidate->configurations(diag)[0], 0, 1, diag);
    ASSERT_TRUE(record.ok());
    holder = std::make_unique<kernel::RecordHolder>(*record, "guard", descs, descs);
    auto made = load(holder->view(), diag);
    ASSERT_TRUE(made.ok()) << sink.errors();
    loaded = std::move(*made);
    instance = loaded->create_instance({}).value();
    ASSERT_TRUE(instance->on_shapes(descs, descs).ok());
  }

  void upload(const std::vector<uint8_t>& condition) {
    x = device::GpuBuffer::copy_of(std::as_bytes(std::span(condition))).value();
    y = device::GpuBuffer(*gpu, condition.size());
  }
  Status run(const std::vector<uint8_t>& condition) {
    upload(condition);
    return run();
  }
  Status run() {
    const void* inputs[] = {x.data()};
    void* outputs[] = {y.data()};
    device::Stream on = gpu->stream(stream);
    return instance->run({descs.data(), descs.data(), inputs, outputs, nullptr, &on});
  }
  std::vector<uint8_t> result() {
    std::vector<uint8_t> values(3);
    EXPECT_EQ(gpu->driver().cuMemcpyDtoH(values.data(), device::cu_address(y.data()), 3), 0);
    return values;
  }

  const ops::Op op = ops::Assertion{"all must hold"};
  kernel::NodeInfo node{.op = &op, .name = "guard", .inputs = {}, .outputs = {}};
  std::vector<kernel::TensorDesc> descs = {{DType::Bool, kernel::Layout::linear(), {3}, 0}};
  std::unique_ptr<kernel::RecordHolder> holder;
  std::unique_ptr<kernel::Loaded> loaded;
  std::unique_ptr<kernel::Instance> instance;
  device::GpuBuffer x, y;
};

TEST_F(Assertions, FailTheRunThatDoesNotHold) {
  EXPECT_TRUE(run({1, 1, 1}).ok());
  EXPECT_THAT(result(), testing::ElementsAre(1, 1, 1));
  EXPECT_EQ(run({1, 1, 0}).code, Code::InvalidArgument);
  EXPECT_EQ(instance->last_error(), "all must hold");
  EXPECT_TRUE(run({1, 1, 1}).ok());
  EXPECT_EQ(instance->last_error(), "");
}

TEST_F(Assertions, CannotBeCaptured) {
  upload({1, 1, 1});
  ASSERT_EQ(gpu->driver().cuStreamBeginCapture(stream, 1), 0);
  EXPECT_EQ(run().code, Code::Unsupported);
  EXPECT_THAT(std::string(instance->last_error()), testing::HasSubstr("a graph cannot hold"));
  device::CuGraph graph = nullptr;
  ASSERT_EQ(gpu->driver().cuStreamEndCapture(stream, &graph), 0);
  ASSERT_EQ(gpu->driver().cuGraphDestroy(graph), 0);
  EXPECT_TRUE(run().ok());
}

TEST_F(Assertions, RefuseDamage) {
  kernel::RecordView view = holder->view();
  view.params = view.params.first(view.params.size() - 1);
  EXPECT_FALSE(load(view, diag).ok());
  EXPECT_THAT(sink.errors(), testing::HasSubstr("are damaged"));
}

}  // namespace
}  // namespace tenon::cuda
