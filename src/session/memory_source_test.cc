// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory that a user gives: every block comes from the source, goes back to it, and none is lost
// when it has none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "plan/writer.h"
#include "session/context.h"
#include "test/faults/toy_engine.h"

namespace tenon::session {
namespace {

using testing::HasSubstr;

/// Hands out heap blocks and keeps the book.
class Counting final : public MemorySource {
 public:
  void* allocate(size_t bytes, size_t alignment, void*) noexcept override {
    if (left == 0) return nullptr;
    --left;
    auto* block = static_cast<std::byte*>(std::aligned_alloc(alignment, align_up(bytes) + 64));
    blocks.insert(block);
    largest = std::max(largest, bytes);
    return block + shift;
  }
  void deallocate(void* block) noexcept override {
    auto* begin = static_cast<std::byte*>(block) - (block == nullptr ? 0 : shift);
    freed += blocks.erase(begin);
    std::free(begin);
  }

  size_t left = SIZE_MAX, shift = 0, largest = 0, freed = 0;
  std::set<std::byte*> blocks;
};

class MemorySourceTest : public testing::Test {
 protected:
  Result<std::shared_ptr<const Engine>> load(MemorySource* source) {
    LoadOptions options;
    options.memory = source;
    return Engine::load_copy(toy::make_engine(), loaders, device::Target{}, options, diag);
  }
  /// Runs the toy engine for two rows; only whether it runs counts here.
  Status run(Context& context) {
    void* const memory[] = {x, &k, rows, positive, extents};
    for (size_t io = 0; io < 5; ++io) TENON_TRY(context.set_tensor_address(io, memory[io], diag));
    TENON_TRY(context.set_input_shape(0, {2, 3}, diag));
    return context.run({}, diag);
  }

  toy::Loaders loaders;
  CollectingSink sink;
  Diagnostics diag{sink};
  float x[24] = {1, 2, 3, 4, 5, 6}, rows[96] = {}, positive[96] = {};
  int32_t k = 2;
  int64_t extents[2] = {};
};

TEST_F(MemorySourceTest, GivesTheBlockOfTheEngineAndThatOfEveryContext) {
  Counting source;
  {
    const auto engine = load(&source);
    ASSERT_TRUE(engine.ok()) << sink.errors();
    EXPECT_EQ(source.blocks.size(), 1U);
    EXPECT_EQ(source.largest, toy::make_engine().size());
    const auto one = Context::create(*engine, {}, diag), two = Context::create(*engine, {}, diag);
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_EQ(source.blocks.size(), 3U);
    EXPECT_TRUE(run(**one).ok()) << sink.errors();
    EXPECT_EQ(rows[0], 3);
    EXPECT_EQ(source.blocks.size(), 3U) << "a run asks for nothing";
  }
  EXPECT_TRUE(source.blocks.empty());
  EXPECT_EQ(source.freed, 3U);
}

TEST_F(MemorySourceTest, LosesNothingWhenThereIsNoMemory) {
  Counting source;
  source.left = 0;
  EXPECT_FALSE(load(&source).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("cannot load the engine: the allocator gave no memory"));
  source.left = 1;
  const auto engine = load(&source);
  ASSERT_TRUE(engine.ok());
  EXPECT_FALSE(Context::create(*engine, {}, diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("bytes of activations"));
  EXPECT_EQ(source.blocks.size(), 1U) << "the engine's own";
}

TEST_F(MemorySourceTest, GivesBackABlockThatIsNotAligned) {
  Counting source;
  source.shift = 8;
  EXPECT_FALSE(load(&source).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("or none that is aligned"));
  EXPECT_EQ(source.freed, 1U);
}

TEST_F(MemorySourceTest, ServesAContextFromTheNextRunOn) {
  const auto engine = load(nullptr);
  ASSERT_TRUE(engine.ok());
  Counting source;
  auto context = Context::create(*engine, {}, diag);
  ASSERT_TRUE(context.ok());
  (*context)->set_memory_source(&source);
  EXPECT_TRUE(source.blocks.empty());
  ASSERT_TRUE(run(**context).ok()) << sink.errors();
  EXPECT_EQ(source.blocks.size(), 1U);
  EXPECT_EQ(source.largest, (*engine)->device_memory_bytes());
  (*context)->set_memory_source(nullptr);
  EXPECT_TRUE(source.blocks.empty());
  source.left = 0;
  (*context)->set_memory_source(&source);
  EXPECT_FALSE(run(**context).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("the allocator gave no memory"));
  source.left = 1;
  EXPECT_TRUE(run(**context).ok()) << "the next run asks again";
}

TEST_F(MemorySourceTest, LeavesMemoryOfTheCallerAlone) {
  const auto engine = load(nullptr);
  ASSERT_TRUE(engine.ok());
  Counting source;
  ContextOptions options;
  options.own_memory = false;
  auto context = Context::create(*engine, options, diag);
  ASSERT_TRUE(context.ok());
  (*context)->set_memory_source(&source);
  EXPECT_FALSE(run(**context).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("the context has no memory"));
  AlignedBuffer memory((*engine)->device_memory_bytes());
  ASSERT_TRUE((*context)->set_device_memory(memory.bytes(), diag).ok());
  EXPECT_TRUE(run(**context).ok());
  EXPECT_TRUE(source.blocks.empty());
}

}  // namespace
}  // namespace tenon::session
