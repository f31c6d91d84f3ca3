// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Text that nobody else may read: kept out of core dumps and swap, wiped when it goes.
#pragma once

#include <cstddef>
#include <string_view>

namespace tenon::remote {

/// Owns text in pages of its own, which core dumps leave out and, where the system allows it, are
/// never swapped. Move-only. Copies of what view() shows are the caller's to wipe.
class Secret {
 public:
  Secret() = default;
  /// Copies. Throws std::bad_alloc when there are no pages for it.
  explicit Secret(std::string_view text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { clear(); }

  void append(char letter);
  /// Wipes it.
  void clear() noexcept;
  /// Takes off the last character, if any.
  void shorten() noexcept;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::string_view view() const noexcept {
    return {text_ == nullptr ? "" : text_, size_};
  }
  /// Ends with a zero; never null.
  [[nodiscard]] const char* c_str() const noexcept { return text_ == nullptr ? "" : text_; }

 private:
  void reserve(size_t capacity);

  char* text_ = nullptr;
  size_t size_ = 0, pages_ = 0;  ///< characters; bytes mapped
};

/// Overwrites memory in a way that compilers do not leave out.
void wipe(void* memory, size_t bytes) noexcept;

}  // namespace tenon::remote
