// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The fields of one protocol-buffer message, read from hostile bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tenon::importers {

/// Bytes of the model file; whoever holds one keeps the file alive.
using View = std::span<const std::byte>;

/// Walks a message field by field: `while (fields.next()) switch (fields.number()) …`. Lengths have
/// 64 bits, so messages may be larger than 4 GB. After the first fault next() is false for good and
/// every accessor gives zero or nothing. Views point into the message. Throws
/// nothing but std::bad_alloc.
class Fields {
 public:
  explicit Fields(View message) noexcept : rest_(message), whole_(message) {}

  /// Reads the next field whole; false at the end and after a fault.
  bool next() noexcept;
  /// The field's number in the schema.
  [[nodiscard]] uint32_t number() const noexcept { return number_; }

  // The field's value. Another kind of field under this number is a fault.
  int64_t integer() noexcept;
  float real() noexcept;
  View bytes() noexcept;
  std::string_view text() noexcept;

  // A repeated number, appended: one element, or a packed list of them.
  void append_to(std::vector<int64_t>& list);
  void append_to(std::vector<float>& list);
  void append_to(std::vector<double>& list);

  [[nodiscard]] bool ok() const noexcept { return fault_ == nullptr; }
  /// What is wrong, a literal; null when nothing is.
  [[nodiscard]] const char* fault() const noexcept { return fault_; }
  /// Bytes of the message read so far: where a fault is.
  [[nodiscard]] size_t position() const noexcept { return whole_.size() - rest_.size(); }

 private:
  enum class Kind : uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

  void fail(const char* what) noexcept;
  bool expect(Kind kind) noexcept;
  bool take_varint(View& from, uint64_t& value) noexcept;
  View take(uint64_t count) noexcept;
  template <class T>
  void append_fixed(Kind single, std::vector<T>& list);

  View rest_, whole_;
  const char* fault_ = nullptr;
  uint32_t number_ = 0;
  Kind kind_ = Kind::Varint;
  uint64_t varint_ = 0;
  View value_;
};

}  // namespace tenon::importers
