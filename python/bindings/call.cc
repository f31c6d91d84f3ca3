// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping errors of callbacks until the call that caused them ends.
#include "call.h"

#include <atomic>
#include <utility>

namespace tenon::python {

namespace {

thread_local Call* innermost = nullptr;
std::atomic<bool> alive{true};

constexpr size_t kSentencesKept = 8;

/// Python 3.11 shows notes below an error; older ones go without.
void add_note(const py::error_already_set& error, const std::string& note) {
  if (py::hasattr(error.value(), "add_note")) error.value().attr("add_note")(note);
}

}  // namespace

bool interpreter_lives() noexcept { return alive && Py_IsInitialized() != 0; }
void interpreter_ends() noexcept { alive = false; }

Call::Call() : outer_(std::exchange(innermost, this)) {}
Call::~Call() { innermost = outer_; }
Call* Call::current() noexcept { return innermost; }

void Call::keep(const py::error_already_set& error, const std::string& where) noexcept {
  try {
    if (innermost == nullptr) {
      py::error_already_set(error).discard_as_unraisable(where.c_str());
    } else if (!innermost->error_.has_value()) {
      innermost->error_.emplace(error);
      innermost->where_ = where;
    }
  } catch (...) {
    // The first error is kept already, or memory is out: the failure code goes on its way.
  }
}

void Call::complain(const char* sentence) noexcept {
  if (innermost == nullptr || innermost->sentences_.size() >= kSentencesKept) return;
  try {
    innermost->sentences_.emplace_back(sentence);
  } catch (...) {
    // The logger has it anyway.
  }
}

std::string Call::last_sentence() const {
  return sentences_.empty() ? "the engine refused" : sentences_.back();
}

void Call::settle(bool succeeded) {
  if (!error_.has_value()) return;
  py::error_already_set error = *std::exchange(error_, std::nullopt);
  if (succeeded) {
    error.discard_as_unraisable(where_.c_str());
    return;
  }
  add_note(error, "raised in " + where_);
  for (const std::string& sentence : sentences_) add_note(error, sentence);
  throw error;
}

}  // namespace tenon::python
