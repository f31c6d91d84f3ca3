// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The handler of access violations.
#include "guard/fence.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tenon::guard {

namespace {

constexpr size_t kMostFences = 8192;
constexpr size_t kPiece = size_t{64} << 10;  ///< bytes opened at a touch
constexpr std::byte kPaint{0x5C};

std::array<std::atomic<Fence*>, kMostFences> fences{};
std::atomic<size_t> fences_used{0};  ///< entries from here on were never taken
std::atomic<const char*> last_words{nullptr};
struct sigaction previous = {};

bool is_write(const void* context) noexcept {
#if defined(__x86_64__)
  constexpr long long kWriteBit = 2;
  const auto* machine = static_cast<const ucontext_t*>(context);
  return (machine->uc_mcontext.gregs[REG_ERR] & kWriteBit) != 0;
#else
  (void)context;
  return false;  // told from changed bytes instead
#endif
}

void say_last_words(uintptr_t address) noexcept {
  const char* words = last_words.exchange(nullptr);
  if (words == nullptr) return;
  char text[700];
  const auto end = fmt::format_to_n(text, sizeof text - 1,
                                    "{}: touches address {:#x}, which is none of its tensors and "
                                    "not its workspace; the process ends now.\n",
                                    words, address);
  (void)!::write(STDERR_FILENO, text, std::min(end.size, sizeof text - 1));
}

void on_violation(int number, siginfo_t* info, void* context) {
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  const size_t used = fences_used.load();
  for (size_t i = 0; i < used; ++i) {
    Fence* fence = fences[i].load();
    if (fence != nullptr && fence->touched(address, is_write(context))) return;
  }
  say_last_words(address);
  // A handler that came later may call this one again: then nobody is left to ask.
  static std::atomic<bool> asking{false};
  const bool has_words = (previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr;
  if (has_words && !asking.exchange(true)) {
    previous.sa_sigaction(number, info, context);
    asking = false;
    return;
  }
  struct sigaction end = {};
  end.sa_handler = has_words || previous.sa_handler == SIG_IGN ? SIG_DFL : previous.sa_handler;
  // The access happens again on return, and meets this.
  (void)::sigaction(number, &end, nullptr);
}

/// Stands before whatever handler there is, also one that came since.
bool install() noexcept {
  struct sigaction now = {};
  if (::sigaction(SIGSEGV, nullptr, &now) != 0) return false;
  if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_violation) return true;
  previous = now;
  struct sigaction ours = {};
  ours.sa_sigaction = on_violation;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  (void)sigemptyset(&ours.sa_mask);
  return ::sigaction(SIGSEGV, &ours, nullptr) == 0;
}

}  // namespace

Fence::Fence(std::byte* begin, size_t size)
    : begin_(begin),
      size_(size),
      open_(std::make_unique<std::atomic<bool>[]>((size + kPiece - 1) / kPiece)) {}

bool Fence::raise() noexcept {
  if (!install()) return false;
  for (size_t i = 0; i < kMostFences; ++i) {
    Fence* none = nullptr;
    if (!fences[i].compare_exchange_strong(none, this)) continue;
    size_t used = fences_used.load();
    while (used <= i && !fences_used.compare_exchange_weak(used, i + 1)) {
    }
    return true;
  }
  return false;
}

bool Fence::touched(uintptr_t address, bool write) noexcept {
  const auto begin = reinterpret_cast<uintptr_t>(begin_);
  if (address < begin || address >= begin + size_) return false;
  size_t none = kNowhere;
  first_.compare_exchange_strong(none, address - begin);
  if (write) wrote_ = true;
  const size_t piece = (address - begin) / kPiece;
  // Another thread may have opened it a moment ago.
  if (open_[piece].exchange(true)) return true;
  const size_t from = piece * kPiece, size = std::min(kPiece, size_ - from);
  if (::mprotect(begin_ + from, size, PROT_READ | PROT_WRITE) != 0) return false;
  std::memset(begin_ + from, static_cast<int>(kPaint), size);
  return true;
}

Trespass Fence::survey() const noexcept {
  Trespass found{.first = first_.load(), .wrote = wrote_.load()};
  found.lowest_write = found.highest_write = found.first;
  bool changed = false;
  const size_t pieces = (size_ + kPiece - 1) / kPiece;
  for (size_t piece = found.first / kPiece; piece < pieces && open_[piece].load(); ++piece) {
    for (size_t i = piece * kPiece; i < std::min((piece + 1) * kPiece, size_); ++i) {
      if (begin_[i] == kPaint) continue;
      if (!changed) found.lowest_write = i;
      found.highest_write = i;
      changed = true;
    }
  }
  found.wrote |= changed;
  return found;
}

std::optional<Trespass> Fence::lower() noexcept {
  for (size_t i = 0; i < fences_used.load(); ++i) {
    Fence* self = this;
    if (fences[i].compare_exchange_strong(self, nullptr)) break;
  }
  if (first_.load() == kNowhere) return std::nullopt;
  const Trespass found = survey();
  (void)::madvise(begin_, size_, MADV_DONTNEED);
  (void)::mprotect(begin_, size_, PROT_NONE);
  for (size_t piece = 0; piece < (size_ + kPiece - 1) / kPiece; ++piece) open_[piece] = false;
  first_ = kNowhere;
  wrote_ = false;
  return found;
}

LastWords::LastWords(const char* words) noexcept : words_(words) { last_words = words; }

LastWords::~LastWords() {
  // Another thread may have put its own there.
  const char* mine = words_;
  last_words.compare_exchange_strong(mine, nullptr);
}

}  // namespace tenon::guard
