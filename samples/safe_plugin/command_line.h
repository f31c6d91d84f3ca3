// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Options and banners of both programs.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace sample {

/// "--name=value", "--name", "-d=value"; the dashes belong to the name.
struct Option {
  std::string name;
  std::string value;
};

/// The command line as options. Those in `valued` must have a value, which may also be the next
/// word; the others must have none. Throws std::runtime_error that names what is not known.
std::vector<Option> readOptions(int argc, char** argv, std::initializer_list<char const*> valued,
                                std::initializer_list<char const*> plain);

/// A non-negative number; throws std::runtime_error that names the option.
int readCount(Option const& option);

/// `text` with "***" in place of the user and password that stand before the first '@'.
std::string hideCredentials(std::string const& text);

/// Prints "&&&& STATE TEST # PROGRAM OPTIONS…", without credentials. `version`: with the library's.
void printBanner(char const* state, char const* test, bool version, int argc, char** argv);

/// Where the known samples look for `folder`: below $TRT_DATADIR, data and data/samples.
std::vector<std::string> usualFolders(std::string const& folder);

}  // namespace sample
