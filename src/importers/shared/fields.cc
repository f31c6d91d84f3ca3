// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tags, lengths and packed lists.
#include "importers/shared/fields.h"

#include <protozero/exception.hpp>
#include <protozero/varint.hpp>

#include <cstring>

namespace tenon::importers {

void Fields::fail(const char* what) noexcept {
  if (fault_ == nullptr) fault_ = what;
}

bool Fields::take_varint(View& from, uint64_t& value) noexcept {
  const char* begin = reinterpret_cast<const char*>(from.data());
  const char* at = begin;
  try {
    value = protozero::decode_varint(&at, begin + from.size());
  } catch (const protozero::exception&) {
    fail("a number is cut off or too long");
    return false;
  }
  from = from.subspan(static_cast<size_t>(at - begin));
  return true;
}

View Fields::take(uint64_t count) noexcept {
  if (count > rest_.size()) {
    fail("a field runs past the end of its message");
    return {};
  }
  const View head = rest_.first(static_cast<size_t>(count));
  rest_ = rest_.subspan(head.size());
  return head;
}

bool Fields::next() noexcept {
  uint64_t tag = 0;
  if (!ok() || rest_.empty() || !take_varint(rest_, tag)) return false;
  number_ = static_cast<uint32_t>(tag >> 3);
  if (tag >> 3 == 0 || tag > UINT32_MAX) {
    fail("a field has an impossible number");
    return false;
  }
  switch (tag & 7) {
    case 0:
      kind_ = Kind::Varint;
      take_varint(rest_, varint_);
      break;
    case 1:
      kind_ = Kind::Fixed64;
      value_ = take(8);
      break;
    case 2:
      kind_ = Kind::Bytes;
      if (take_varint(rest_, varint_)) value_ = take(varint_);
      break;
    case 5:
      kind_ = Kind::Fixed32;
      value_ = take(4);
      break;
    default:
      fail("a field is of a kind that ONNX does not use");
  }
  return ok();
}

bool Fields::expect(Kind kind) noexcept {
  if (ok() && kind_ != kind) fail("a field holds another kind of value than ONNX says");
  return ok();
}

int64_t Fields::integer() noexcept {
  return expect(Kind::Varint) ? static_cast<int64_t>(varint_) : 0;
}

float Fields::real() noexcept {
  float value = 0;
  if (expect(Kind::Fixed32)) std::memcpy(&value, value_.data(), sizeof value);
  return value;
}

View Fields::bytes() noexcept { return expect(Kind::Bytes) ? value_ : View{}; }

std::string_view Fields::text() noexcept {
  const View view = bytes();
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

void Fields::append_to(std::vector<int64_t>& list) {
  if (kind_ == Kind::Varint) return list.push_back(integer());
  View packed = bytes();
  uint64_t value = 0;
  while (!packed.empty() && take_varint(packed, value)) {
    list.push_back(static_cast<int64_t>(value));
  }
}

template <class T>
void Fields::append_fixed(Kind single, std::vector<T>& list) {
  const View packed = kind_ == single && ok() ? value_ : bytes();
  if (packed.size() % sizeof(T) != 0) return fail("a packed list is cut off");
  const size_t old = list.size();
  list.resize(old + packed.size() / sizeof(T));
  if (!packed.empty()) std::memcpy(list.data() + old, packed.data(), packed.size());
}

void Fields::append_to(std::vector<float>& list) { append_fixed(Kind::Fixed32, list); }
void Fields::append_to(std::vector<double>& list) { append_fixed(Kind::Fixed64, list); }

}  // namespace tenon::importers
