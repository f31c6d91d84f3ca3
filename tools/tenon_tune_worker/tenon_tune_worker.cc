// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The program that builders start on the machine that is to be measured: it speaks with them over
// its standard input and output.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "tenon/remote.h"
#include "tenon/version.h"

namespace {

constexpr char const* kPlugins = "--plugins=";

int help() {
  std::printf(
      "tenon-tune-worker %s: times kernels for a builder on another machine.\n"
      "Builders start it over SSH: see --remoteAutoTuningConfig of trtexec.\n"
      "  --plugins=FOLDERS  where plugin libraries are, separated by ':'\n"
      "  --version          the version of this library\n",
      tenon::version());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  char const* plugins = "";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--version") == 0) return std::printf("%s\n", tenon::version()) < 0;
    if (std::strncmp(argv[i], kPlugins, std::strlen(kPlugins)) == 0) {
      plugins = argv[i] + std::strlen(kPlugins);
    } else {
      return help();
    }
  }
  if (::isatty(STDIN_FILENO) != 0) return help();
  // Whatever a plugin prints must not stand among the messages.
  int const out = ::dup(STDOUT_FILENO);
  if (out < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    std::perror("tenon-tune-worker");
    return 1;
  }
  return tenon::serve_tuning(STDIN_FILENO, out, plugins);
}
