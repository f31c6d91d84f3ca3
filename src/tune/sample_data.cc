// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pseudo-random sample data.
#include "tune/sample_data.h"

#include <cstdint>
#include <cstring>

namespace tenon::tune {

namespace {

/// A linear congruential generator; its upper bits are good enough for data nobody reads.
class Noise {
 public:
  uint32_t next() noexcept {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<uint32_t>(state_ >> 32);
  }

 private:
  uint64_t state_ = 1;
};

template <class T, class Make>
void fill(std::span<std::byte> bytes, Make make) noexcept {
  Noise noise;
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    const T value = make(noise.next());
    std::memcpy(bytes.data() + at, &value, sizeof value);
  }
}

/// In [-1, 1).
float unit(uint32_t random) noexcept {
  return static_cast<float>(static_cast<int32_t>(random)) * 0x1p-31F;
}

}  // namespace

void fill_sample(DType dtype, std::span<std::byte> bytes) noexcept {
  switch (dtype) {
    case DType::F32:
      return fill<float>(bytes, unit);
    case DType::F64:
      return fill<double>(bytes, [](uint32_t random) { return double{unit(random)}; });
    case DType::F16:  // sign, exponent of [0.5, 1), random mantissa
      return fill<uint16_t>(bytes, [](uint32_t random) {
        return static_cast<uint16_t>(0x3800U | (random & 0x83ffU));
      });
    case DType::BF16:
      return fill<uint16_t>(bytes, [](uint32_t random) {
        return static_cast<uint16_t>(0x3f00U | (random & 0x807fU));
      });
    default:
      if (!bytes.empty()) std::memset(bytes.data(), 0, bytes.size());
  }
}

}  // namespace tenon::tune
