// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One switch for each question.
#include "tools/trtexec/elements.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

using nvinfer1::DataType;

namespace {

struct Row {
  const char* name;
  int bits;
  bool integer;
};

/// By number of DataType.
constexpr Row kRows[] = {{"fp32", 32, false}, {"fp16", 16, false}, {"int8", 8, true},
                         {"int32", 32, true}, {"bool", 8, true},   {"uint8", 8, true},
                         {"fp8", 8, false},   {"bf16", 16, false}, {"int64", 64, true},
                         {"int4", 4, true},   {"fp4", 4, false},   {"e8m0", 8, false}};

const Row& row(DataType type) { return kRows[static_cast<size_t>(type)]; }

double from_half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return mantissa == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

/// The nearest half; the numbers here are small, so neither overflow nor NaN occurs.
uint16_t to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000;
  const float magnitude = std::fabs(value);
  if (magnitude < 0x1p-14F)
    return static_cast<uint16_t>(sign | static_cast<uint32_t>(std::lrint(magnitude * 0x1p24F)));
  const uint32_t rounded = (bits & 0x7FFFFFFF) + 0xFFF + (bits >> 13 & 1);
  return static_cast<uint16_t>(sign | ((rounded >> 13) - (112 << 10)));
}

template <class T>
T read(const void* data, int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * int64_t{sizeof(T)}, sizeof value);
  return value;
}

template <class T>
void write(void* data, int64_t index, T value) {
  std::memcpy(static_cast<char*>(data) + index * int64_t{sizeof(T)}, &value, sizeof value);
}

}  // namespace

const char* to_text(DataType type) { return row(type).name; }

size_t bytes_of(DataType type, int64_t count) {
  return (static_cast<size_t>(count) * static_cast<size_t>(row(type).bits) + 7) / 8;
}

bool is_integer(DataType type) { return row(type).integer; }

double element(const void* data, DataType type, int64_t index) {
  switch (type) {
    case DataType::kFLOAT:
      return read<float>(data, index);
    case DataType::kHALF:
      return from_half(read<uint16_t>(data, index));
    case DataType::kBF16:
      return std::bit_cast<float>(uint32_t{read<uint16_t>(data, index)} << 16);
    case DataType::kINT8:
      return read<int8_t>(data, index);
    case DataType::kUINT8:
    case DataType::kBOOL:
      return read<uint8_t>(data, index);
    case DataType::kINT32:
      return read<int32_t>(data, index);
    case DataType::kINT64:
      return static_cast<double>(read<int64_t>(data, index));
    default:
      throw Failure(fmt::format("Numbers of type {} cannot be shown yet.", to_text(type)));
  }
}

void fill_random(void* data, DataType type, int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> real(-1.0F, 1.0F);
  std::uniform_int_distribution<int> integer(-128, 127);
  for (int64_t i = 0; i < count; ++i) {
    switch (type) {
      case DataType::kFLOAT:
        write(data, i, real(generator));
        break;
      case DataType::kHALF:
        write(data, i, to_half(real(generator)));
        break;
      case DataType::kBF16:
        write(data, i, static_cast<uint16_t>(std::bit_cast<uint32_t>(real(generator)) >> 16));
        break;
      case DataType::kINT32:
        write(data, i, static_cast<int32_t>(integer(generator)));
        break;
      case DataType::kINT64:
        write(data, i, static_cast<int64_t>(integer(generator)));
        break;
      case DataType::kBOOL:
        write(data, i, static_cast<uint8_t>(integer(generator) & 1));
        break;
      case DataType::kINT8:
      case DataType::kUINT8:
        write(data, i, static_cast<uint8_t>(integer(generator)));
        break;
      default:
        throw Failure(
            fmt::format("There are no random numbers of type {}: give a file with "
                        "--loadInputs.",
                        to_text(type)));
    }
  }
}

}  // namespace tenon::trtexec
