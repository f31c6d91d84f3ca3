// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Words to options.
#include "command_line.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "NvInferSafeRuntime.h"

namespace sample {

namespace {

bool isOne(std::string const& name, std::initializer_list<char const*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<Option> readOptions(int argc, char** argv, std::initializer_list<char const*> valued,
                                std::initializer_list<char const*> plain) {
  std::vector<Option> options;
  for (int i = 1; i < argc; ++i) {
    std::string const word = argv[i];
    auto const equals = word.find('=');
    Option option{word.substr(0, equals), ""};
    if (isOne(option.name, valued)) {
      if (equals != std::string::npos) {
        option.value = word.substr(equals + 1);
      } else if (i + 1 < argc) {
        option.value = argv[++i];
      }
      if (option.value.empty()) {
        throw std::runtime_error("option " + option.name + " needs a value: " + option.name +
                                 "=VALUE");
      }
    } else if (!isOne(option.name, plain)) {
      throw std::runtime_error("unknown option " + hideCredentials(word));
    } else if (equals != std::string::npos) {
      throw std::runtime_error("option " + option.name + " takes no value");
    }
    options.push_back(std::move(option));
  }
  return options;
}

int readCount(Option const& option) {
  char* end = nullptr;
  long const count = std::strtol(option.value.c_str(), &end, 10);
  if (*end != '\0' || count < 0 || count > 1024) {
    throw std::runtime_error(option.name + "=" + option.value + " is no number from 0 to 1024");
  }
  return static_cast<int>(count);
}

std::string hideCredentials(std::string const& text) {
  auto const begin = text.find("://");
  auto const end = text.find('@');
  if (begin == std::string::npos || end == std::string::npos || end < begin + 3) return text;
  return text.substr(0, begin + 3) + "***" + text.substr(end);
}

void printBanner(char const* state, char const* test, bool version, int argc, char** argv) {
  std::printf("&&&& %s %s", state, test);
  if (version) std::printf(" [TensorRT v%ld] [b%d]", NV_TENSORRT_VERSION, NV_TENSORRT_BUILD);
  std::printf(" #");
  for (int i = 0; i < argc; ++i) std::printf(" %s", hideCredentials(argv[i]).c_str());
  std::printf("\n");
}

std::vector<std::string> usualFolders(std::string const& folder) {
  std::vector<std::string> folders;
  if (char const* given = std::getenv("TRT_DATADIR"); given != nullptr && *given != '\0') {
    folders.push_back(std::string(given) + "/" + folder);
  }
  folders.push_back("data/" + folder);
  folders.push_back("data/samples/" + folder);
  folders.emplace_back("data");
  return folders;
}

}  // namespace sample
