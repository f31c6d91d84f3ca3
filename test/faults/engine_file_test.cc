// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Damaged engine files: cut at every length, bits flipped, with and without fitting checksums. Each
// is refused with a sentence or runs; none makes a read or write out of bounds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

#include "plan/checksum.h"
#include "session/context.h"
#include "test/faults/toy_engine.h"

namespace tenon {
namespace {

AlignedBuffer aligned(std::span<const std::byte> bytes) {
  AlignedBuffer copy(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
  return copy;
}

/// Opens a copy that ends where its block ends, so that sanitizers see an overread.
Status open_exactly(std::span<const std::byte> bytes) {
  void* block = nullptr;
  if (posix_memalign(&block, kAlignment, bytes.size()) != 0) return {Code::OutOfMemory, "test"};
  const std::unique_ptr<void, void (*)(void*)> owner(block, std::free);
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  const std::span copy(static_cast<const std::byte*>(block), bytes.size());
  return plan::View::open(copy, {.verify_weights = true}).status();
}

struct Outcome {
  bool ran = false;
  std::string words;
};

/// Binds every input and output to memory of the size the engine names, if it is reasonable.
class Bindings {
 public:
  Status bind(session::Context& context, Diagnostics& diag) {
    const session::Engine& engine = context.engine();
    for (size_t io = 0; io < engine.io().size(); ++io) {
      const session::IoTensor& tensor = engine.io()[io];
      if (tensor.max_bytes > (1U << 20)) return diag.fail(Code::OutOfMemory, "too large to try");
      memory_.emplace_back(tensor.max_bytes + 1);
      std::memset(memory_.back().data(), 1, tensor.max_bytes);
      if (tensor.dtype == DType::I32 && tensor.max_bytes >= 4) {
        const int32_t two = 2;
        std::memcpy(memory_.back().data(), &two, sizeof(two));
      }
      TENON_TRY(context.set_tensor_address(io, memory_.back().data(), diag));
      if (!tensor.is_input) continue;
      const Dims dims = engine.profile_dims(0, io, session::Select::Opt);
      TENON_TRY(context.set_input_shape(io, dims, diag));
    }
    return {};
  }

 private:
  std::vector<AlignedBuffer> memory_;
};

/// Loads and, if that goes well, runs twice.
Outcome try_engine(std::span<const std::byte> bytes) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const toy::Loaders loaders;
  const device::Target target;
  (void)open_exactly(bytes);
  const auto attempt = [&]() -> Status {
    TENON_ASSIGN(const auto engine,
                 session::Engine::load(aligned(bytes), loaders, target, {}, diag));
    if (engine->device_memory_bytes() > (1U << 20)) {
      return diag.fail(Code::OutOfMemory, "too large to try");
    }
    TENON_ASSIGN(const auto context, session::Context::create(engine, {}, diag));
    Bindings bindings;
    TENON_TRY(bindings.bind(*context, diag));
    TENON_TRY(context->run({}, diag));
    return context->run({}, diag);
  };
  const Status status = attempt();
  return {status.ok(), sink.errors()};
}

TEST(EngineFile, RunsWhenUndamaged) {
  const Outcome outcome = try_engine(toy::make_engine());
  EXPECT_TRUE(outcome.ran) << outcome.words;
}

TEST(EngineFile, IsRefusedWithASentenceWhenCutAnywhere) {
  const Bytes file = toy::make_engine();
  for (size_t length = 0; length < file.size(); ++length) {
    const Outcome outcome = try_engine(std::span(file).first(length));
    ASSERT_FALSE(outcome.ran) << length;
    ASSERT_FALSE(outcome.words.empty()) << length;
  }
}

TEST(EngineFile, IsRefusedWhenCutAnywhereThoughChecksumsAndSizeFit) {
  const Bytes file = toy::make_engine();
  for (size_t length = plan::kTableEnd; length < file.size(); ++length) {
    Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    const uint64_t size = length;
    std::memcpy(cut.data() + offsetof(plan::Header, file_bytes), &size, sizeof(size));
    plan::repair_checksums(cut);
    ASSERT_FALSE(try_engine(cut).ran) << length;
  }
}

TEST(EngineFile, SurvivesTenThousandFlippedBits) {
  const Bytes file = toy::make_engine();
  std::mt19937_64 random(20240607);
  int refused_raw = 0, refused_repaired = 0, ran_repaired = 0;
  for (int i = 0; i < 10000; ++i) {
    Bytes flipped = file;
    const uint64_t bit = random() % (file.size() * 8);
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    const Outcome raw = try_engine(flipped);
    ASSERT_TRUE(raw.ran || !raw.words.empty()) << "bit " << bit;
    refused_raw += raw.ran ? 0 : 1;
    plan::repair_checksums(flipped);
    const Outcome repaired = try_engine(flipped);
    ASSERT_TRUE(repaired.ran || !repaired.words.empty()) << "bit " << bit;
    (repaired.ran ? ran_repaired : refused_repaired) += 1;
  }
  // Only weights are not covered by default: they are a small part of this file.
  EXPECT_GT(refused_raw, 9000);
  EXPECT_GT(refused_repaired, 1000);
  EXPECT_GT(ran_repaired, 1000);
  RecordProperty("refused_raw", refused_raw);
  RecordProperty("refused_repaired", refused_repaired);
}

TEST(EngineFile, ShowsEveryFlippedBitWhenWeightsAreVerified) {
  const Bytes file = toy::make_engine();
  const AlignedBuffer whole = aligned(file);
  ASSERT_TRUE(plan::View::open(whole.bytes(), {.verify_weights = true}).ok());
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    AlignedBuffer flipped = aligned(file);
    flipped.data()[bit / 8] ^= std::byte{1} << (bit % 8);
    const auto view = plan::View::open(flipped.bytes(), {.verify_weights = true});
    ASSERT_FALSE(view.ok()) << "bit " << bit;
  }
}

}  // namespace
}  // namespace tenon
