// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pages for secrets.
#include "remote/secret.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace tenon::remote {

void wipe(void* memory, size_t bytes) noexcept {
  if (memory != nullptr) ::explicit_bzero(memory, bytes);
}

Secret::Secret(std::string_view text) {
  if (text.empty()) return;
  reserve(text.size() + 1);
  std::memcpy(text_, text.data(), text.size());
  size_ = text.size();
}

Secret::Secret(Secret&& other) noexcept
    : text_(std::exchange(other.text_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      pages_(std::exchange(other.pages_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(text_, other.text_);
  std::swap(size_, other.size_);
  std::swap(pages_, other.pages_);
  other.clear();
  return *this;
}

void Secret::append(char letter) {
  reserve(size_ + 2);
  text_[size_++] = letter;
}

void Secret::shorten() noexcept {
  if (size_ > 0) text_[--size_] = '\0';
}

void Secret::clear() noexcept {
  if (text_ == nullptr) return;
  wipe(text_, pages_);
  ::munmap(text_, pages_);
  text_ = nullptr;
  size_ = pages_ = 0;
}

void Secret::reserve(size_t capacity) {
  if (capacity <= pages_) return;
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t wanted = (capacity + page - 1) / page * page;
  void* const memory =
      ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::madvise(memory, wanted, MADV_DONTDUMP);
  ::madvise(memory, wanted, MADV_WIPEONFORK);  // A child needs no secrets.
  ::mlock(memory, wanted);  // May be refused: then it is merely not swapped unless memory is short.
  const size_t size = size_;
  if (size > 0) std::memcpy(memory, text_, size);
  clear();
  text_ = static_cast<char*>(memory);
  size_ = size;
  pages_ = wanted;
}

}  // namespace tenon::remote
