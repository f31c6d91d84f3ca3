// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sentences made without memory: `{}` stands for the next value.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace tenon {

/// A value in a sentence: text, or an integer. Views what it was made from.
class TextArg {
 public:
  TextArg(std::string_view text) noexcept : text_(text) {}  // NOLINT(google-explicit-constructor)
  TextArg(const char* text) noexcept                        // NOLINT(google-explicit-constructor)
      : text_(text != nullptr ? text : "") {}
  template <std::integral T>
  TextArg(T value) noexcept  // NOLINT(google-explicit-constructor)
      : negative_(value < 0),
        is_number_(true),
        number_(value < 0 ? uint64_t{0} - static_cast<uint64_t>(value)
                          : static_cast<uint64_t>(value)) {}

 private:
  friend size_t format_into(std::span<char> to, std::string_view pattern,
                            std::span<const TextArg> args) noexcept;
  std::string_view text_;
  bool negative_ = false, is_number_ = false;
  uint64_t number_ = 0;
};

/// Writes the pattern with its values and a zero byte into `to`, which is not empty; what does not
/// fit is cut off. Returns the length without the zero byte.
size_t format_into(std::span<char> to, std::string_view pattern,
                   std::span<const TextArg> args) noexcept;
inline size_t format_into(std::span<char> to, std::string_view pattern,
                          std::initializer_list<TextArg> args) noexcept {
  return format_into(to, pattern, {args.begin(), args.size()});
}

/// A text of at most N - 1 characters.
template <size_t N>
class FixedText {
 public:
  FixedText() = default;
  explicit FixedText(std::string_view pattern, std::initializer_list<TextArg> args = {}) noexcept {
    append(pattern, args);
  }
  void append(std::string_view pattern, std::initializer_list<TextArg> args = {}) noexcept {
    size_ += format_into(std::span(text_).subspan(size_), pattern, args);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }

 private:
  char text_[N] = {};
  size_t size_ = 0;
};

}  // namespace tenon
