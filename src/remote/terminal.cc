// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// /dev/tty without echo.
#include "remote/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>

namespace tenon::remote {

namespace {

/// The terminal, quiet as long as it lives.
class QuietTerminal {
 public:
  QuietTerminal() : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (file_ < 0 || ::tcgetattr(file_, &before_) != 0) return;
    termios quiet = before_;
    // Control-C is read as a letter, so that nobody is left with a terminal that shows nothing.
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG | ICANON);
    changed_ = ::tcsetattr(file_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (changed_) ::tcsetattr(file_, TCSAFLUSH, &before_);
    if (file_ >= 0) ::close(file_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  [[nodiscard]] bool ok() const noexcept { return changed_; }
  void show(const std::string& text) const noexcept {
    if (::write(file_, text.data(), text.size()) < 0) return;
  }
  /// False at the end.
  [[nodiscard]] bool next(char& letter) const noexcept { return ::read(file_, &letter, 1) == 1; }

 private:
  int file_;
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Result<Secret> ask_on_terminal(const std::string& question, Diagnostics& diag) {
  constexpr char kInterrupt = 3, kEnd = 4, kBackspace = 8, kDelete = 127;
  constexpr size_t kMost = 4096;
  Secret answer;
  bool interrupted = false;
  {
    const QuietTerminal terminal;
    if (!terminal.ok()) {
      return diag.fail(Code::NotFound,
                       "the password PROMPT is asked on the terminal, but this process has none: "
                       "start it from a terminal, or use a key (identity=FILE)");
    }
    terminal.show(question);
    for (char letter = 0; terminal.next(letter) && letter != '\n' && letter != '\r';) {
      interrupted = letter == kInterrupt;
      if (interrupted || letter == kEnd || answer.view().size() >= kMost) break;
      if (letter == kBackspace || letter == kDelete) {
        answer.shorten();
      } else {
        answer.append(letter);
      }
    }
    terminal.show("\n");
  }
  if (interrupted) {
    (void)std::raise(SIGINT);
    return diag.fail(Code::Cancelled, "the question for a password was stopped");
  }
  if (answer.empty()) return diag.fail(Code::InvalidArgument, "no password was typed");
  return answer;
}

}  // namespace tenon::remote
