// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers are looked at in blocks, as integers: one addition tells whether an exponent is the last.
#include "safe/faults.h"

#include <cstring>

namespace tenon::safe {

namespace {

using nvinfer1::DataType;
using nvinfer2::safe::RuntimeErrorType;

constexpr size_t kBlock = 64;

/// Masks of a floating type, as an unsigned integer of its size.
template <class Word, Word kExponent>
struct Format {
  static constexpr Word kTop = static_cast<Word>(Word{1} << (sizeof(Word) * 8 - 1));
  static constexpr Word kMagnitude = static_cast<Word>(kTop - 1);
  /// One in the exponent's last place: the top bit becomes set if all of the exponent was.
  static constexpr Word kOne = static_cast<Word>(kTop - kExponent);

  static Word special(const Word* block) noexcept {
    Word seen = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      seen = static_cast<Word>(seen | static_cast<Word>((block[i] & kMagnitude) + kOne));
    }
    return static_cast<Word>(seen & kTop);
  }

  static uint64_t kinds(const Word* words, size_t count) noexcept {
    uint64_t bits = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto magnitude = static_cast<Word>(words[i] & kMagnitude);
      if (magnitude < kExponent) continue;
      bits |= static_cast<uint64_t>(magnitude == kExponent ? RuntimeErrorType::kINF_CONSUMED
                                                           : RuntimeErrorType::kNAN_CONSUMED);
    }
    return bits;
  }

  static uint64_t look(const void* data, size_t count) noexcept {
    const auto* at = static_cast<const std::byte*>(data);
    uint64_t bits = 0;
    for (Word words[kBlock]; count > 0;) {
      const size_t taken = count < kBlock ? count : kBlock;
      if (taken < kBlock) std::memset(words, 0, sizeof words);
      std::memcpy(words, at, taken * sizeof(Word));
      if (special(words) != 0) bits |= kinds(words, taken);
      at += taken * sizeof(Word);
      count -= taken;
    }
    return bits;
  }
};

using Single = Format<uint32_t, 0x7F800000U>;
using Half = Format<uint16_t, 0x7C00U>;

/// Elements without padding; 0 where there is padding.
size_t elements(const nvinfer2::safe::TensorDescriptor& tensor) noexcept {
  uint64_t count = 1;
  for (int32_t i = 0; i < tensor.userShape.nbDims; ++i) {
    count *= static_cast<uint64_t>(tensor.userShape.d[i]);
  }
  const uint64_t element = tensor.dataType == DataType::kHALF ? 2 : 4;
  return count * element == tensor.sizeInBytes ? count : 0;
}

}  // namespace

uint64_t faults_of(const nvinfer2::safe::TensorDescriptor& input, const void* data) noexcept {
  if (input.dataType == DataType::kFLOAT) return Single::look(data, elements(input));
  if (input.dataType == DataType::kHALF) return Half::look(data, elements(input));
  return 0;
}

}  // namespace tenon::safe
