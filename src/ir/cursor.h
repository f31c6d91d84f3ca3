// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The tokens of IR text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::ir {

/// A place in a text that outlives it. Newlines are space; a line that begins with '#' is a
/// comment.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) { skip_space(); }

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  /// The number of the line, from 1.
  [[nodiscard]] size_t line() const noexcept;
  /// What comes next, for messages.
  [[nodiscard]] std::string_view ahead() const noexcept;

  /// Passes `token` and the space after it; false, staying, when something else comes.
  bool eat(std::string_view token);
  /// Passes the name characters ahead; empty when there are none.
  std::string_view word();
  /// Passes everything up to the next comma, closing bracket of an outer pair, or end of line.
  std::string_view item();
  /// Passes a quoted text; nullopt, staying, when none is ahead.
  std::optional<std::string> quoted();

 private:
  void advance(size_t count);
  void skip_space();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace tenon::ir
