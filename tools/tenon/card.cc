// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making the card, printing it, writing its files.
#include "tools/tenon/card.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tools/tenon/card_page.h"

namespace tenon::command {

namespace {

void write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int card(const CardArguments& arguments) {
  constexpr int kFailed = 2;
  try {
    Logger logger(arguments.verbose);
    if (!load_plugins(arguments.libraries, logger)) return kFailed;
    const Card page = make_card(arguments, logger);
    std::printf("%s", text_of(page).c_str());
    write_file(arguments.json, json_of(page));
    write_file(arguments.plot, drawing_of(page));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "there is no card of '%s': %s\n", arguments.engine.c_str(), error.what());
    return kFailed;
  }
}

}  // namespace tenon::command
