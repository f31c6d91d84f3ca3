// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Passing from token to token.
#include "ir/cursor.h"

#include <algorithm>

#include "ir/constant_text.h"

namespace tenon::ir {

size_t Cursor::line() const noexcept {
  const auto passed = text_.substr(0, at_);
  return 1 + static_cast<size_t>(std::count(passed.begin(), passed.end(), '\n'));
}

std::string_view Cursor::ahead() const noexcept {
  const auto rest = text_.substr(at_);
  return rest.substr(0, std::min(rest.find('\n'), size_t{24}));
}

bool Cursor::eat(std::string_view token) {
  if (!text_.substr(at_).starts_with(token)) return false;
  advance(token.size());
  return true;
}

std::string_view Cursor::word() {
  const auto rest = text_.substr(at_);
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_character);
  const auto found = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  advance(found.size());
  return found;
}

std::string_view Cursor::item() {
  size_t length = 0;
  for (int depth = 0; at_ + length < text_.size(); ++length) {
    const char c = text_[at_ + length];
    if (c == '\n' || (depth == 0 && (c == ',' || c == ']' || c == ')' || c == '}'))) break;
    if (c == '(') ++depth;
    if (c == ')') --depth;
  }
  auto found = text_.substr(at_, length);
  advance(length);
  while (found.ends_with(' ')) found.remove_suffix(1);
  return found;
}

std::optional<std::string> Cursor::quoted() {
  if (at_end() || text_[at_] != '"') return std::nullopt;
  std::string all;
  for (size_t i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      advance(i + 1 - at_);
      return all;
    }
    const bool escaped = text_[i] == '\\' && i + 1 < text_.size();
    if (escaped) ++i;
    all += escaped && text_[i] == 'n' ? '\n' : text_[i];
  }
  return std::nullopt;
}

void Cursor::advance(size_t count) {
  at_ += count;
  skip_space();
}

void Cursor::skip_space() {
  for (; at_ < text_.size(); ++at_) {
    const bool line_start = at_ == 0 || text_[at_ - 1] == '\n';
    if (line_start && text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ == text_.size() || (text_[at_] != ' ' && text_[at_] != '\n')) return;
  }
}

}  // namespace tenon::ir
