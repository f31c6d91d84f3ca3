// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs over the interface alone: every method, every refusal, memory and damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <memory>

#include "base/aligned_buffer.h"
#include "plan/checksum.h"
#include "safe/test_recorder.h"
#include "test/safe/test_engine.h"

namespace tenon::safe {
namespace {

using namespace nvinfer2::safe;
using nvinfer1::DataType;
using testing::HasSubstr;

/// Gives as many blocks as it is told to, and knows what is not given back.
class CountingAllocator final : public ISafeMemAllocator {
 public:
  void* allocate(uint64_t size, uint64_t alignment, MemoryPlacement, MemoryUsage usage,
                 ISafeRecorder&) noexcept override {
    if (left == 0 || size > (uint64_t{1} << 28)) return nullptr;
    --left;
    ++asked[usage];
    void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    live[memory] = size;
    return memory;
  }
  bool deallocate(void* memory, MemoryPlacement, ISafeRecorder&) noexcept override {
    if (live.erase(memory) == 0) return false;
    std::free(memory);
    return true;
  }
  int64_t left = INT64_MAX;
  std::map<MemoryUsage, int> asked;
  std::map<void*, uint64_t> live;
};

class GraphTest : public testing::Test {
 protected:
  ~GraphTest() override {
    destroy(graph_);
    EXPECT_TRUE(allocator_.live.empty()) << allocator_.live.size() << " blocks are left";
  }
  static void destroy(ITRTGraph*& graph) {
    if (graph != nullptr) {
      EXPECT_EQ(destroyTRTGraph(graph), ErrorCode::kSUCCESS);
    }
    EXPECT_EQ(graph, nullptr);
  }
  ErrorCode create(const Bytes& file, bool managed = true) {
    destroy(graph_);
    return createTRTGraph(graph_, file.data(), static_cast<int64_t>(file.size()), recorder_,
                          managed, &allocator_);
  }
  void bind(ITRTGraph& graph) {
    TensorDescriptor in, out;
    ASSERT_EQ(graph.getIOTensorDescriptor(in, 0), ErrorCode::kSUCCESS);
    ASSERT_EQ(graph.getIOTensorDescriptor(out, 1), ErrorCode::kSUCCESS);
    input_.resize(in.sizeInBytes / sizeof(float));
    output_.assign(out.sizeInBytes / sizeof(float), -7.0F);
    for (size_t i = 0; i < input_.size(); ++i) input_[i] = static_cast<float>(i % 13) / 13.0F;
    EXPECT_EQ(graph.setIOTensorAddress(in.tensorName, {input_.data(), in.sizeInBytes}),
              ErrorCode::kSUCCESS);
    EXPECT_EQ(graph.setIOTensorAddress(1, {output_.data(), out.sizeInBytes}), ErrorCode::kSUCCESS);
  }
  void run(ITRTGraph& graph) {
    ASSERT_EQ(graph.executeAsync(nullptr), ErrorCode::kSUCCESS) << recorder_.last();
    ASSERT_EQ(graph.sync(), ErrorCode::kSUCCESS) << recorder_.last();
  }

  TestRecorder recorder_;
  CountingAllocator allocator_;
  ITRTGraph* graph_ = nullptr;
  std::vector<float> input_, output_;
};

// Shows S-RUN-7.
TEST_F(GraphTest, RunsANetInEveryProfile) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS) << recorder_.last();
  int64_t count = 0;
  EXPECT_EQ(graph_->getNbIOProfiles(count), ErrorCode::kSUCCESS);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(graph_->getNbIOTensors(count), ErrorCode::kSUCCESS);
  EXPECT_EQ(count, 2);
  for (const int64_t profile : {0, 1, 0}) {
    EXPECT_EQ(graph_->setIOProfile(profile), ErrorCode::kSUCCESS);
    EXPECT_EQ(graph_->getIOProfile(count), ErrorCode::kSUCCESS);
    EXPECT_EQ(count, profile);
    bind(*graph_);
    EXPECT_EQ(output_.size(), profile == 0 ? 10U : 50U);
    run(*graph_);
    for (size_t row = 0; row < output_.size(); row += 10) {
      float sum = 0;
      for (size_t i = 0; i < 10; ++i) sum += output_[row + i];
      EXPECT_NEAR(sum, 1, 1e-5);
    }
  }
  EXPECT_EQ(recorder_.getNbErrors(), 0);
}

// Shows S-RUN-3, S-RUN-8.
TEST_F(GraphTest, GivesTheSameBitsEveryTimeAndFromClones) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  const int before = allocator_.asked[MemoryUsage::kIMMUTABLE];
  ITRTGraph* clone = nullptr;
  TestRecorder second;
  ASSERT_EQ(graph_->clone(clone, second), ErrorCode::kSUCCESS) << second.last();
  EXPECT_EQ(allocator_.asked[MemoryUsage::kIMMUTABLE], before) << "weights are shared";
  EXPECT_EQ(allocator_.asked[MemoryUsage::kSCRATCH], 2);
  bind(*graph_);
  run(*graph_);
  const std::vector<float> first = output_;
  for (int i = 0; i < 1000; ++i) {
    std::fill(output_.begin(), output_.end(), -7.0F);
    run(*graph_);
    ASSERT_EQ(std::memcmp(first.data(), output_.data(), first.size() * sizeof(float)), 0);
  }
  destroy(graph_);  // The clone lives on its own.
  bind(*clone);
  run(*clone);
  EXPECT_EQ(std::memcmp(first.data(), output_.data(), first.size() * sizeof(float)), 0);
  ISafeRecorder* recorder = nullptr;
  EXPECT_EQ(clone->getSafeRecorder(recorder), ErrorCode::kSUCCESS);
  EXPECT_EQ(recorder, &second);
  delete clone;  // As programs do that hold graphs in a unique_ptr.
}

TEST_F(GraphTest, DescribesItsTensors) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  ASSERT_EQ(graph_->setIOProfile(1), ErrorCode::kSUCCESS);
  TensorDescriptor desc;
  ASSERT_EQ(graph_->getIOTensorDescriptor(desc, "image"), ErrorCode::kSUCCESS);
  EXPECT_STREQ(desc.tensorName, "image");
  EXPECT_EQ(desc.shape, (PhysicalDims{4, {5, 1, 8, 8}}));
  EXPECT_EQ(desc.stride, (PhysicalDims{4, {64, 64, 8, 1}}));
  EXPECT_EQ(desc.strideOrder, (PhysicalDims{4, {3, 2, 1, 0}}));
  EXPECT_EQ(desc.dataType, DataType::kFLOAT);
  EXPECT_EQ(desc.bytesPerComponent, 4U);
  EXPECT_EQ(desc.sizeInBytes, 5 * 64 * 4U);
  EXPECT_EQ(desc.vectorizedDim, -1);
  EXPECT_EQ(desc.ioMode, nvinfer1::TensorIOMode::kINPUT);
  EXPECT_EQ(desc.userShape.nbDims, 4);
  ASSERT_EQ(graph_->getIOTensorDescriptor(desc, 1), ErrorCode::kSUCCESS);
  EXPECT_STREQ(desc.tensorName, "digits");
  EXPECT_EQ(desc.ioMode, nvinfer1::TensorIOMode::kOUTPUT);
  const char* name = nullptr;
  EXPECT_EQ(graph_->getIOTensorName(name, 0), ErrorCode::kSUCCESS);
  EXPECT_STREQ(name, "image");
}

// Shows S-RUN-7, S-REC-1.
TEST_F(GraphTest, RefusesWhatItHasNot) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  constexpr ErrorCode kBad = ErrorCode::kINVALID_ARGUMENT;
  TensorDescriptor desc;
  TypedArray array;
  const char* name = nullptr;
  EXPECT_EQ(graph_->getIOTensorDescriptor(desc, "imago"), kBad);
  EXPECT_THAT(recorder_.last(), HasSubstr("'imago'"));
  EXPECT_THAT(recorder_.last(), HasSubstr("'image', 'digits'"));
  EXPECT_EQ(graph_->getIOTensorDescriptor(desc, static_cast<const char*>(nullptr)), kBad);
  EXPECT_EQ(graph_->getIOTensorDescriptor(desc, 2), kBad);
  EXPECT_EQ(graph_->getIOTensorDescriptor(desc, -1), kBad);
  EXPECT_EQ(graph_->getIOTensorName(name, 2), kBad);
  EXPECT_EQ(graph_->getIOTensorName(name, SIZE_MAX), kBad);
  EXPECT_EQ(graph_->getIOTensorAddress("none", array), kBad);
  EXPECT_EQ(graph_->setIOProfile(2), kBad);
  EXPECT_THAT(recorder_.last(), HasSubstr("no IO profile 2"));
  EXPECT_EQ(graph_->setIOProfile(-1), kBad);
  EXPECT_EQ(graph_->setAuxStreams(nullptr, 1), kBad);
  EXPECT_EQ(graph_->setAuxStreams(nullptr, 0), ErrorCode::kSUCCESS);
  int32_t streams = 7;
  EXPECT_EQ(graph_->getNbAuxStreams(streams), ErrorCode::kSUCCESS);
  EXPECT_EQ(streams, 0);
  int event = 0;
  EXPECT_EQ(graph_->setInputConsumedEvent(reinterpret_cast<cudaEvent_t>(&event)), kBad);
  EXPECT_EQ(graph_->setInputConsumedEvent(nullptr), ErrorCode::kSUCCESS);
  ITRTGraph* none = nullptr;
  EXPECT_EQ(destroyTRTGraph(none), kBad);
}

// Shows S-RUN-9.
TEST_F(GraphTest, ChecksTypesAndSizesOfAddresses) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  std::vector<float> memory(320);
  std::vector<int32_t> whole(64);
  EXPECT_EQ(graph_->setIOTensorAddress(0, {whole.data(), 256}), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_THAT(recorder_.last(), HasSubstr("'image' is of type f32, not i32"));
  EXPECT_EQ(graph_->setIOTensorAddress(0, {memory.data(), 255}), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_THAT(recorder_.last(), HasSubstr("takes 256 bytes in IO profile 0, and is given 255"));
  EXPECT_EQ(graph_->setIOTensorAddress(0, {static_cast<float*>(nullptr), 256}),
            ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kINVALID_STATE);
  EXPECT_THAT(recorder_.last(), HasSubstr("'image' has no address"));
  bind(*graph_);
  run(*graph_);
  TypedArray array;
  EXPECT_EQ(graph_->getIOTensorAddress("image", array), ErrorCode::kSUCCESS);
  EXPECT_EQ(array.getFloat(), input_.data());
  EXPECT_EQ(array.getSize(), 256U);
  ASSERT_EQ(graph_->setIOProfile(1), ErrorCode::kSUCCESS);
  EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kINVALID_STATE);
  EXPECT_THAT(recorder_.last(), HasSubstr("has 256 bytes, but takes 1280 in IO profile 1"));
}

// Shows S-RUN-11.
TEST_F(GraphTest, RunsInTheCallersScratchMemory) {
  ASSERT_EQ(create(make_digits_engine(), false), ErrorCode::kSUCCESS);
  EXPECT_EQ(allocator_.asked[MemoryUsage::kSCRATCH], 0);
  bool managed = true;
  size_t size = 0;
  EXPECT_EQ(graph_->getTRTManagedScratch(managed), ErrorCode::kSUCCESS);
  EXPECT_FALSE(managed);
  EXPECT_EQ(graph_->getScratchMemorySize(size), ErrorCode::kSUCCESS);
  bind(*graph_);
  EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kINVALID_STATE);
  EXPECT_THAT(recorder_.last(), HasSubstr("no scratch memory"));
  AlignedBuffer scratch(size + 64);
  EXPECT_EQ(graph_->setScratchMemory(scratch.data() + 8), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(graph_->setScratchMemory(scratch.data()), ErrorCode::kSUCCESS);
  void* memory = nullptr;
  EXPECT_EQ(graph_->getScratchMemory(memory), ErrorCode::kSUCCESS);
  EXPECT_EQ(memory, scratch.data());
  run(*graph_);
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  EXPECT_EQ(graph_->setScratchMemory(scratch.data()), ErrorCode::kINVALID_STATE);
}

// Shows S-RUN-5, S-RUN-6.
TEST_F(GraphTest, TellsAnIndexOutOfRange) {
  ASSERT_EQ(create(make_gather_engine()), ErrorCode::kSUCCESS) << recorder_.last();
  int32_t index[2] = {3, 4};
  float rows[6] = {};
  ASSERT_EQ(graph_->setIOTensorAddress("index", {index, sizeof index}), ErrorCode::kSUCCESS);
  ASSERT_EQ(graph_->setIOTensorAddress("rows", {rows, sizeof rows}), ErrorCode::kSUCCESS);
  RuntimeErrorInformation* faults = nullptr;
  ASSERT_EQ(graph_->getErrorBuffer(faults), ErrorCode::kSUCCESS);
  EXPECT_EQ(faults->bitMask, 0U);
  EXPECT_NE(graph_->executeAsync(nullptr), ErrorCode::kSUCCESS);
  EXPECT_EQ(faults->bitMask, static_cast<uint64_t>(RuntimeErrorType::kGATHER_OOB));
  EXPECT_THAT(recorder_.last(), HasSubstr("layer 'pick': a gather's index is out of range"));
  EXPECT_NE(graph_->sync(), ErrorCode::kSUCCESS);
  index[1] = 0;
  EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kSUCCESS);
  EXPECT_EQ(graph_->sync(), ErrorCode::kSUCCESS);
}

// Shows S-RUN-6.
TEST_F(GraphTest, MarksInputsThatAreNoNumbers) {
  ASSERT_EQ(create(make_digits_engine()), ErrorCode::kSUCCESS);
  RuntimeErrorInformation* faults = nullptr;
  ASSERT_EQ(graph_->getErrorBuffer(faults), ErrorCode::kSUCCESS);
  bind(*graph_);
  run(*graph_);
  EXPECT_EQ(faults->bitMask, 0U);
  input_[63] = -std::numeric_limits<float>::infinity();
  run(*graph_);
  EXPECT_EQ(faults->bitMask, static_cast<uint64_t>(RuntimeErrorType::kINF_CONSUMED));
  faults->bitMask = 0;
  input_[0] = std::numeric_limits<float>::quiet_NaN();
  run(*graph_);
  EXPECT_EQ(faults->bitMask, static_cast<uint64_t>(RuntimeErrorType::kINF_CONSUMED) |
                                 static_cast<uint64_t>(RuntimeErrorType::kNAN_CONSUMED));
  faults->bitMask = 0;
  input_[0] = input_[63] = std::numeric_limits<float>::max();
  run(*graph_);
  EXPECT_EQ(faults->bitMask, 0U);
}

/// Every kernel's engine loads and runs, at the level of this machine and at that of any.
TEST_F(GraphTest, RunsEveryKernel) {
  device::Target any;
  for (const auto& plans : {make_kernel_plans(), make_kernel_plans(any)}) {
    for (const plan::Plan& plan : plans) {
      ASSERT_EQ(create(written(plan)), ErrorCode::kSUCCESS) << recorder_.last();
      int64_t count = 0, profiles = 0;
      graph_->getNbIOTensors(count);
      graph_->getNbIOProfiles(profiles);
      for (int64_t profile = 0; profile < profiles; ++profile) {
        ASSERT_EQ(graph_->setIOProfile(profile), ErrorCode::kSUCCESS);
        std::vector<AlignedBuffer> memory;
        for (int32_t io = 0; io < count; ++io) {
          TensorDescriptor desc;
          ASSERT_EQ(graph_->getIOTensorDescriptor(desc, io), ErrorCode::kSUCCESS);
          void* data = memory.emplace_back(desc.sizeInBytes).data();
          const bool is_float = desc.dataType == DataType::kFLOAT;
          EXPECT_EQ(graph_->setIOTensorAddress(
                        io, is_float ? TypedArray(static_cast<float*>(data), desc.sizeInBytes)
                                     : TypedArray(static_cast<int32_t*>(data), desc.sizeInBytes)),
                    ErrorCode::kSUCCESS)
              << recorder_.last();
        }
        run(*graph_);
      }
    }
  }
}

class PluginGraphTest : public GraphTest {
 protected:
  PluginGraphTest() {
    plugin_calls() = {};
    EXPECT_EQ(registry().registerCreator(twice_creator(), "test", recorder_), ErrorCode::kSUCCESS);
  }
  ~PluginGraphTest() override { registry().deregisterCreator(twice_creator()); }
  ISafePluginRegistry& registry() { return *getSafePluginRegistry(recorder_); }
};

TEST_F(PluginGraphTest, LivesThroughThePluginsLife) {
  ASSERT_EQ(create(make_plugin_engine(3)), ErrorCode::kSUCCESS) << recorder_.last();
  const PluginCalls& calls = plugin_calls();
  EXPECT_EQ(calls.created, 2);
  EXPECT_EQ(calls.last_layer, "second");
  EXPECT_EQ(calls.initialised, 2);
  EXPECT_EQ(calls.tactics, 2);
  bind(*graph_);
  run(*graph_);
  EXPECT_EQ(calls.enqueued, 2);
  for (size_t i = 0; i < input_.size(); ++i) EXPECT_EQ(output_[i], input_[i] * 9);
  EXPECT_STREQ(calls.input.tensorName, "between");
  EXPECT_EQ(calls.input.shape, (PhysicalDims{2, {1, 4}}));
  ITRTGraph* clone = nullptr;
  ASSERT_EQ(graph_->clone(clone, recorder_), ErrorCode::kSUCCESS);
  EXPECT_EQ(calls.cloned, 2);
  EXPECT_EQ(calls.created, 2);
  EXPECT_EQ(calls.initialised, 4);
  ASSERT_EQ(clone->setIOProfile(1), ErrorCode::kSUCCESS);
  bind(*clone);
  run(*clone);
  EXPECT_EQ(calls.output.shape, (PhysicalDims{2, {5, 4}}));
  destroy(clone);
  EXPECT_EQ(calls.destroyed, 2);
  destroy(graph_);
  EXPECT_EQ(calls.destroyed, 4);
}

// Shows S-REG-5.
TEST_F(PluginGraphTest, NamesAMissingCreator) {
  ASSERT_EQ(registry().deregisterCreator(twice_creator()), ErrorCode::kSUCCESS);
  EXPECT_EQ(create(make_plugin_engine(3)), ErrorCode::kINVALID_CONFIG);
  EXPECT_THAT(recorder_.last(), HasSubstr("layer 'first' needs plugin 'Twice' version '1'"));
  EXPECT_THAT(recorder_.last(), HasSubstr("namespace 'test'"));
  EXPECT_THAT(recorder_.last(), HasSubstr("there: none"));
}

// Shows S-RUN-5.
TEST_F(PluginGraphTest, HandsOnAPluginsFailure) {
  plugin_calls().fail_initialise = 5;
  EXPECT_EQ(create(make_plugin_engine(3)), ErrorCode::kFAILED_EXECUTION);
  EXPECT_THAT(recorder_.last(), HasSubstr("initResource of its plugin returned 5"));
  plugin_calls() = {};
  ASSERT_EQ(create(make_plugin_engine(3)), ErrorCode::kSUCCESS);
  bind(*graph_);
  plugin_calls().fail_enqueue = 4;
  EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kFAILED_EXECUTION);
  EXPECT_THAT(recorder_.last(), HasSubstr("layer 'first'"));
  EXPECT_EQ(graph_->sync(), ErrorCode::kFAILED_EXECUTION);
}

// Shows S-LOAD-3.
TEST_F(PluginGraphTest, AFailureOfAnyAllocationIsRefusedCleanly) {
  for (const Bytes& file : {make_digits_engine(), make_plugin_engine(2)}) {
    for (int64_t budget = 0;; ++budget) {
      ASSERT_LT(budget, 4000);
      allocator_.left = budget;
      const ErrorCode code = create(file);
      if (code == ErrorCode::kSUCCESS) break;
      ASSERT_EQ(code, ErrorCode::kFAILED_ALLOCATION) << budget << ": " << recorder_.last();
      ASSERT_EQ(graph_, nullptr);
      ASSERT_TRUE(allocator_.live.empty()) << "at allocation " << budget;
    }
    bind(*graph_);
    run(*graph_);
    ITRTGraph* clone = nullptr;
    for (int64_t budget = 0; clone == nullptr; ++budget) {
      allocator_.left = budget;
      const size_t before = allocator_.live.size();
      const ErrorCode code = graph_->clone(clone, recorder_);
      if (code == ErrorCode::kSUCCESS) break;
      ASSERT_EQ(code, ErrorCode::kFAILED_ALLOCATION) << recorder_.last();
      ASSERT_EQ(allocator_.live.size(), before) << "at allocation " << budget;
    }
    destroy(clone);
    allocator_.left = INT64_MAX;
  }
  EXPECT_EQ(plugin_calls().destroyed, plugin_calls().created + plugin_calls().cloned - 2);
}

// Shows S-LOAD-2, S-REC-1.
TEST_F(GraphTest, RefusesOtherEnginesAndOtherFiles) {
  EXPECT_EQ(create({}), ErrorCode::kINVALID_ARGUMENT);
  plan::Plan plan = make_digits_plan();
  plan.capability = plan::Capability::Standard;
  plan.network.clear();
  EXPECT_EQ(create(written(plan)), ErrorCode::kUNSUPPORTED_STATE);
  EXPECT_THAT(recorder_.last(), HasSubstr("EngineCapability::kSAFETY"));
  plan = make_digits_plan();
  plan.tensors[plan.inputs[0]].name = std::string("im\0age", 6);
  EXPECT_THROW(written(plan), std::runtime_error);  // The writer asks the same verifier.
  plan = make_digits_plan();  // Empty, and yet its strides are beyond 64 bits.
  plan.tensors[plan.outputs[0]].shape.clear();
  for (const int64_t extent : {int64_t{4}, INT64_MAX / 3, int64_t{0}}) {
    plan.tensors[plan.outputs[0]].shape.push_back(*expr::compile(expr::Expr(extent)));
  }
  EXPECT_EQ(create(written(plan)), ErrorCode::kINVALID_CONFIG);
  EXPECT_THAT(recorder_.last(), HasSubstr("extents"));
  Bytes text(100, std::byte{'x'});
  EXPECT_EQ(create(text), ErrorCode::kINVALID_CONFIG);
  EXPECT_THAT(recorder_.last(), HasSubstr("not an engine file"));
}

/// Runs a graph that a damaged file made, if it made one.
void try_out(const Bytes& file) {
  TestRecorder recorder;
  CountingAllocator allocator;
  ITRTGraph* graph = nullptr;
  const ErrorCode code = createTRTGraph(graph, file.data(), static_cast<int64_t>(file.size()),
                                        recorder, true, &allocator);
  ASSERT_EQ(code == ErrorCode::kSUCCESS, graph != nullptr);
  if (graph == nullptr) {
    ASSERT_GT(recorder.getNbErrors(), 0);
    ASSERT_TRUE(allocator.live.empty());
    return;
  }
  int64_t profiles = 0, count = 0;
  graph->getNbIOProfiles(profiles);
  graph->getNbIOTensors(count);
  std::vector<AlignedBuffer> buffers;
  for (int64_t profile = 0; profile < profiles; ++profile) {
    ASSERT_EQ(graph->setIOProfile(profile), ErrorCode::kSUCCESS);
    for (int32_t io = 0; io < count; ++io) {
      TensorDescriptor desc;
      ASSERT_EQ(graph->getIOTensorDescriptor(desc, io), ErrorCode::kSUCCESS);
      AlignedBuffer& memory = buffers.emplace_back(desc.sizeInBytes + 1);
      if (desc.dataType != DataType::kFLOAT) continue;
      graph->setIOTensorAddress(io, {reinterpret_cast<float*>(memory.data()), desc.sizeInBytes});
    }
    graph->executeAsync(nullptr);
    graph->sync();
  }
  ASSERT_EQ(destroyTRTGraph(graph), ErrorCode::kSUCCESS);
  ASSERT_TRUE(allocator.live.empty());
}

// Shows S-LOAD-1.
TEST(DamagedSafeEngine, EveryFlippedBitIsRefused) {
  const Bytes file = make_digits_engine();
  for (size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = file;
      damaged[at] ^= std::byte{1} << bit;
      TestRecorder recorder;
      ITRTGraph* graph = nullptr;
      EXPECT_NE(
          createTRTGraph(graph, damaged.data(), static_cast<int64_t>(damaged.size()), recorder),
          ErrorCode::kSUCCESS)
          << "bit " << bit << " of byte " << at;
      ASSERT_EQ(graph, nullptr);
      ASSERT_EQ(recorder.getNbErrors(), 1);
    }
  }
}

// Shows S-LOAD-1.
TEST(DamagedSafeEngine, EveryFlippedBitBehindRepairedChecksumsIsRefusedOrClean) {
  const Bytes file = make_digits_engine();
  for (size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = file;
      damaged[at] ^= std::byte{1} << bit;
      plan::repair_checksums(damaged);
      try_out(damaged);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "bit " << bit << " of byte " << at;
    }
  }
}

// Shows S-LOAD-1.
TEST(DamagedSafeEngine, EveryTruncationIsRefused) {
  const Bytes file = make_digits_engine();
  for (size_t size = 0; size < file.size(); ++size) {
    TestRecorder recorder;
    ITRTGraph* graph = nullptr;
    ASSERT_NE(createTRTGraph(graph, file.data(), static_cast<int64_t>(size), recorder),
              ErrorCode::kSUCCESS);
  }
}

}  // namespace
}  // namespace tenon::safe
