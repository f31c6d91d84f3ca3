// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins on the processor in engines for a GPU. The driver is that of the CUDA runtime on the CPU,
// whose device memory is told from others by its addresses.
#include "plugin/adapt/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/host_gpu_test.h"
#include "tenon/host_plugin.h"

namespace tenon::plugin {
namespace {

using kernel::TensorDesc;
using testing::ElementsAre;
using testing::HasSubstr;

/// What the last run was given.
struct Given {
  const void* input = nullptr;
  void* output = nullptr;
  void* workspace = nullptr;
  void* stream = nullptr;
};

/// y = x + 1, in ordinary memory, by way of 64 bytes of scratch.
class AddOne final : public kernel::Instance {
 public:
  explicit AddOne(Given& given) : given_(given) {}
  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc>) noexcept override {
    count_ = static_cast<size_t>(inputs[0].dims.volume());
    return {};
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    given_ = {args.inputs[0], args.outputs[0], args.workspace, args.stream->handle()};
    const auto* x = static_cast<const float*>(args.inputs[0]);
    auto* scratch = static_cast<float*>(args.workspace);
    auto* y = static_cast<float*>(args.outputs[0]);
    if (count_ > 0 && x[0] < 0) return {Code::Plugin, "negative"};
    for (size_t i = 0; i < count_; ++i) {
      scratch[0] = x[i] + 1;
      y[i] = scratch[0];
    }
    return {};
  }
  [[nodiscard]] std::string_view last_error() const noexcept override { return "its own words"; }

 private:
  Given& given_;
  size_t count_ = 0;
};

class AddOneLoaded final : public kernel::Loaded {
 public:
  explicit AddOneLoaded(Given& given) : given_(given) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return 64;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<AddOne>(given_));
  }

 private:
  Given& given_;
};

class AddOneCandidate final : public kernel::Candidate {
 public:
  [[nodiscard]] kernel::KernelId id() const override { return {"plugin.v3", "AddOne", 1}; }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override { return {{}}; }
  [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
  Result<kernel::Record> record(const kernel::Configuration&, int32_t tactic, int,
                                Diagnostics&) override {
    kernel::Record record;
    record.id = id();
    record.tactic = tactic;
    record.params = {std::byte{7}, std::byte{9}};
    return record;
  }
};

class HostPluginTest : public device::HostGpuTest, public kernel::LoaderTable {
 protected:
  void TearDown() override {
    instance.reset();
    HostGpuTest::TearDown();
  }

  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override {
    return family == "plugin.v3" ? &load_ : nullptr;
  }

  /// The step of an engine that was built for a GPU.
  void make_step() {
    const auto offered =
        offered_to(gpu->target(), true, std::make_unique<AddOneCandidate>(), node, diag);
    auto record = offered->record({}, 3, 1, diag);
    ASSERT_TRUE(record.ok());
    const kernel::RecordHolder holder(*record, "node", {}, {});
    auto made = host_loader(*this)(holder.view(), diag);
    ASSERT_TRUE(made.ok()) << sink.errors();
    loaded = std::move(*made);
    auto created = loaded->create_instance({});
    ASSERT_TRUE(created.ok());
    instance = std::move(*created);
  }

  Status run(const device::GpuBuffer& x, const device::GpuBuffer& y, int64_t count) {
    const TensorDesc desc{DType::F32, kernel::Layout::linear(), Dims{count}, 0};
    TENON_TRY(instance->on_shapes({&desc, 1}, {&desc, 1}));
    const void* in = x.data();
    void* out = y.data();
    device::Stream on = gpu->stream(stream);
    return instance->run({&desc, &desc, &in, &out, nullptr, &on});
  }
  [[nodiscard]] std::string warnings() const {
    std::string all;
    for (const CollectingSink::Entry& item : sink.entries) {
      if (item.severity == Severity::Warning) all += item.text;
    }
    return all;
  }
  static device::GpuBuffer upload(std::initializer_list<float> values) {
    const std::vector<float> list(values);
    auto made = device::GpuBuffer::copy_of(std::as_bytes(std::span(list)));
    return made.ok() ? std::move(*made) : device::GpuBuffer();
  }
  std::vector<float> download(const device::GpuBuffer& from, size_t count) {
    std::vector<float> values(count);
    EXPECT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    EXPECT_EQ(gpu->driver().cuMemcpyDtoH(values.data(), device::cu_address(from.data()),
                                         count * sizeof(float)),
              0);
    return values;
  }

  kernel::NodeInfo node;
  std::unique_ptr<kernel::Loaded> loaded;
  std::unique_ptr<kernel::Instance> instance;
  Given given;

 private:
  kernel::LoadFunction load_ = [this](const kernel::RecordView& record,
                                      Diagnostics&) -> Result<std::unique_ptr<kernel::Loaded>> {
    EXPECT_THAT(record.params, ElementsAre(std::byte{7}, std::byte{9}));
    EXPECT_EQ(record.tactic, 3);
    EXPECT_EQ(record.name, "AddOne");
    return std::unique_ptr<kernel::Loaded>(std::make_unique<AddOneLoaded>(given));
  };
};

TEST_F(HostPluginTest, RunsOnCopiesInOrdinaryMemory) {
  make_step();
  EXPECT_EQ(loaded->workspace({}, {}), 0U) << "its scratch is not the GPU's";
  const device::GpuBuffer x = upload({1, 2, 3}), y = upload({0, 0, 0});
  ASSERT_TRUE(run(x, y, 3).ok());
  EXPECT_THAT(download(y, 3), ElementsAre(2, 3, 4));
  EXPECT_THAT(download(x, 3), ElementsAre(1, 2, 3));
  EXPECT_NE(given.input, x.data());
  EXPECT_NE(given.output, y.data());
  EXPECT_NE(given.workspace, nullptr);
  EXPECT_EQ(given.stream, nullptr);
  ASSERT_TRUE(run(x, y, 1).ok());
  EXPECT_TRUE(run(x, y, 0).ok()) << "without elements nothing is copied";
}

TEST_F(HostPluginTest, AnOutputOverAnInputIsSoHereToo) {
  make_step();
  const device::GpuBuffer x = upload({1, 2, 3});
  ASSERT_TRUE(run(x, x, 3).ok());
  EXPECT_EQ(given.input, given.output);
  EXPECT_THAT(download(x, 3), ElementsAre(2, 3, 4));
}

TEST_F(HostPluginTest, FailuresAreThePlugins) {
  make_step();
  const device::GpuBuffer x = upload({-1}), y = upload({5});
  EXPECT_EQ(run(x, y, 1).code, Code::Plugin);
  EXPECT_EQ(instance->last_error(), "its own words");
  EXPECT_THAT(download(y, 1), ElementsAre(5));
}

TEST_F(HostPluginTest, IsNotCaptured) {
  make_step();
  const device::GpuBuffer x = upload({1}), y = upload({5});
  ASSERT_TRUE(run(x, y, 1).ok());
  constexpr int kThreadLocal = 1;
  ASSERT_EQ(gpu->driver().cuStreamBeginCapture(stream, kThreadLocal), 0);
  EXPECT_EQ(run(x, y, 1).code, Code::Unsupported);
  EXPECT_THAT(std::string(instance->last_error()), HasSubstr("do not capture"));
  device::CuGraph graph = nullptr;
  ASSERT_EQ(gpu->driver().cuStreamEndCapture(stream, &graph), 0);
  (void)gpu->driver().cuGraphDestroy(graph);
}

TEST_F(HostPluginTest, SaysSoAndStaysItselfOnAProcessor) {
  node.name = "conv5";
  const auto here =
      offered_to(device::local_target(), true, std::make_unique<AddOneCandidate>(), node, diag);
  EXPECT_EQ(here->id().family, "plugin.v3");
  EXPECT_EQ(offered_to(gpu->target(), false, std::make_unique<AddOneCandidate>(), node, diag)
                ->id()
                .family,
            "plugin.v3");
  EXPECT_EQ(warnings(), "");
  const auto there =
      offered_to(gpu->target(), true, std::make_unique<AddOneCandidate>(), node, diag);
  EXPECT_EQ(there->id().family, "plugin.host");
  EXPECT_THAT(warnings(), HasSubstr("node \"conv5\": plugin AddOne computes on the processor"));
}

TEST_F(HostPluginTest, IsToldByMetadataOrByName) {
  const ops::PluginId id{"Rare", "1", "space"};
  EXPECT_FALSE(is_host_plugin(id, nullptr));
  EXPECT_FALSE(is_host_plugin(id, "something else"));
  EXPECT_TRUE(is_host_plugin(id, "v3, tenon:host, mine"));
  note_host_plugin(id);
  EXPECT_TRUE(is_host_plugin(id, nullptr));
  EXPECT_FALSE(is_host_plugin({"Rare", "2", "space"}, nullptr));
}

TEST_F(HostPluginTest, RecordsAreReadWithMistrust) {
  kernel::Record record;
  record.id = {"plugin.host", "AddOne", 1};
  record.params = {std::byte{200}, std::byte{0}};
  const kernel::RecordHolder holder(record, "node", {}, {});
  EXPECT_FALSE(host_loader(*this)(holder.view(), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("plugin AddOne"));
}

}  // namespace
}  // namespace tenon::plugin
