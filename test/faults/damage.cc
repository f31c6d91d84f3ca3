// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading and running in spite of doubts.
#include "test/faults/damage.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "plan/checksum.h"
#include "session/context.h"

namespace tenon::faults {

namespace {

constexpr uint64_t kLimit = 1U << 20;

void open_exactly(std::span<const std::byte> bytes) {
  void* block = nullptr;
  if (posix_memalign(&block, kAlignment, bytes.size()) != 0) return;
  const std::unique_ptr<void, void (*)(void*)> owner(block, std::free);
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  const std::span copy(static_cast<const std::byte*>(block), bytes.size());
  (void)plan::View::open(copy, {.verify_weights = true});
}

/// Shape inputs are filled with ones, others with bytes of 1.
void fill(const session::IoTensor& tensor, std::byte* to) {
  const size_t step = tensor.is_shape ? byte_size(tensor.dtype, 1) : 1;
  for (uint64_t at = 0; at < tensor.max_bytes; at += step) to[at] = std::byte{1};
}

Status bind(session::Context& context, std::vector<AlignedBuffer>& memory, Diagnostics& diag) {
  const session::Engine& engine = context.engine();
  for (size_t io = 0; io < engine.io().size(); ++io) {
    const session::IoTensor& tensor = engine.io()[io];
    if (tensor.max_bytes > kLimit) return diag.fail(Code::OutOfMemory, "too large to try");
    memory.emplace_back(tensor.max_bytes + 1);
    fill(tensor, memory.back().data());
    TENON_TRY(context.set_tensor_address(io, memory.back().data(), diag));
    if (!tensor.is_input) continue;
    const Dims dims = engine.profile_dims(0, io, session::Select::Opt);
    TENON_TRY(context.set_input_shape(io, dims, diag));
  }
  return {};
}

Status run(std::span<const std::byte> bytes, const kernel::LoaderTable& loaders,
           const device::Target& target, Diagnostics& diag) {
  TENON_ASSIGN(const auto engine, session::Engine::load_copy(bytes, loaders, target, {}, diag));
  if (engine->device_memory_bytes() > kLimit) {
    return diag.fail(Code::OutOfMemory, "too large to try");
  }
  TENON_ASSIGN(const auto context, session::Context::create(engine, {}, diag));
  std::vector<AlignedBuffer> memory;
  TENON_TRY(bind(*context, memory, diag));
  TENON_TRY(context->run({}, diag));
  return context->run({}, diag);
}

}  // namespace

Outcome try_engine(std::span<const std::byte> bytes, const kernel::LoaderTable& loaders,
                   const device::Target& target) {
  open_exactly(bytes);
  CollectingSink sink;
  Diagnostics diag(sink);
  const Status status = run(bytes, loaders, target, diag);
  return {status.ok(), sink.errors()};
}

void flip_bits(const Bytes& file, int count, uint64_t seed,
               const std::function<bool(uint64_t bit, bool repaired, const Bytes& damaged)>& look) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < count; ++i) {
    Bytes flipped = file;
    const uint64_t bit = random() % (file.size() * 8);
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    if (!look(bit, false, flipped)) return;
    plan::repair_checksums(flipped);
    if (!look(bit, true, flipped)) return;
  }
}

}  // namespace tenon::faults
