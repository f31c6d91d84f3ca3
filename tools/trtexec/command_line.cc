// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Walks the arguments over the table of flags.
#include "tools/trtexec/command_line.h"

#include <fmt/format.h>

#include "tools/trtexec/failure.h"
#include "tools/trtexec/flags.h"
#include "tools/trtexec/rules.h"

namespace tenon::trtexec {

namespace {

/// One argument, cut at its first '='.
struct Token {
  std::string name, value;
  bool has_value = false;
};

Token cut(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos) return {argument, "", false};
  return {argument.substr(0, equals), argument.substr(equals + 1), true};
}

/// Does what a flag says. Throws as parse.
void take(const Flag& flag, const Token& token, Options& options) {
  if (const auto* refused = std::get_if<Refused>(&flag.meaning)) {
    if (refused->neutral != nullptr && token.value == refused->neutral) return;
    throw Failure(fmt::format("{} is refused: {}.", flag.name, refused->why));
  }
  if (const auto* noted = std::get_if<Noted>(&flag.meaning)) {
    options.notes.push_back(fmt::format("{} has no effect: {}.", flag.name, noted->why));
    return;
  }
  const bool may_have_value = *flag.argument != '\0';
  const bool wants_value = may_have_value && *flag.argument != '[';
  if (wants_value && !token.has_value) {
    throw UsageError(fmt::format("{} needs a value: {}={}", flag.name, flag.name, flag.argument));
  }
  if (!may_have_value && token.has_value) {
    throw UsageError(fmt::format("{} takes no value, but was given '{}'", flag.name, token.value));
  }
  try {
    std::get<Read>(flag.meaning)(options, token.value);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}={}: {}", flag.name, token.value, error.what()));
  }
}

std::string row_of(const Flag& flag) {
  std::string left = flag.name;
  if (*flag.argument == '[') {
    left += fmt::format("[={}", flag.argument + 1);
  } else if (*flag.argument != '\0') {
    left += fmt::format("={}", flag.argument);
  }
  std::string text = fmt::format("  {:<36} {}", left, flag.help);
  if (const auto* refused = std::get_if<Refused>(&flag.meaning)) {
    text += fmt::format("\n  {:<36}   refused: {}", "", refused->why);
  } else if (const auto* noted = std::get_if<Noted>(&flag.meaning)) {
    text += fmt::format("\n  {:<36}   no effect: {}", "", noted->why);
  }
  return text + "\n";
}

}  // namespace

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  std::string unknown;
  for (const std::string& argument : arguments) {
    const Token token = cut(argument);
    const Flag* flag = find_flag(token.name);
    if (flag == nullptr) {
      unknown += fmt::format("{}Unknown option: {}", unknown.empty() ? "" : "\n", argument);
      continue;
    }
    const bool again = !options.given.insert(flag->name).second;
    if (again && !flag->repeatable) throw UsageError(fmt::format("{} is given twice", flag->name));
    take(*flag, token, options);
  }
  if (!unknown.empty()) throw UsageError(unknown);
  if (!options.system.help) apply_rules(options);
  return options;
}

std::string help_text() {
  std::string text =
      "trtexec: builds an engine from a model, runs it, reports times.\n"
      "Flags are written --name=value or --name.\n";
  for (const FlagGroup& group : flag_groups()) {
    text += fmt::format("\n{}\n", group.title);
    for (const Flag& flag : group.flags) text += row_of(flag);
  }
  return text;
}

}  // namespace tenon::trtexec
