// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Expressions over knobs, and the routes that searches make of them.
#include "tools/trtexec/routes.h"

#include <gmock/gmock.h>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kKnobs = R"({"tuner_version": "1", "tuner_options": [
  {"option": "-a", "allowed_values": "-a=[0|1|2]", "default_value": "1", "help": "first"},
  {"option": "-b", "allowed_values": "-b=[on|off]", "default_value": "on", "help": "second"}]})";

std::vector<std::string> routes(const std::vector<KnobChoice>& choices,
                                const std::vector<Picks>& all) {
  std::vector<std::string> texts;
  for (const Picks& picks : all) texts.push_back(to_route(choices, picks));
  return texts;
}

std::string refusal(const std::string& expression) {
  try {
    read_choices(expression, read_knobs(kKnobs));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Routes, FastSearchBeginsAtTheDefaultsAndDeviatesOnce) {
  const auto choices = read_choices("-a=[0|1|2]\n-b=[on|off]", read_knobs(kKnobs));
  EXPECT_THAT(routes(choices, fast_search(choices)),
              ElementsAre("-a=1 -b=on", "-a=0 -b=on", "-a=2 -b=on", "-a=1 -b=off"));
}

TEST(Routes, FullSearchHasEveryCombination) {
  const auto choices = read_choices("-a=[0|2] -b=[on|off]", read_knobs(kKnobs));
  EXPECT_THAT(routes(choices, full_search(choices)),
              ElementsAre("-a=0 -b=on", "-a=0 -b=off", "-a=2 -b=on", "-a=2 -b=off"));
}

TEST(Routes, SecondSearchCombinesWhatGained) {
  const auto choices = read_choices("-a=[0|1|2] -b=[on|off]", read_knobs(kKnobs));
  EXPECT_THAT(routes(choices, second_search(choices, {5, 4, 6, 3})), ElementsAre("-a=0 -b=off"));
  EXPECT_TRUE(second_search(choices, {5, 6, 6, 3}).empty()) << "one gain is known already";
  EXPECT_TRUE(second_search(choices, {5, -1, -1, -1}).empty()) << "failures gain nothing";
}

TEST(Routes, FixedValuesStay) {
  const auto choices = read_choices("-a=2 -b=[on|off]", read_knobs(kKnobs));
  EXPECT_THAT(routes(choices, fast_search(choices)), ElementsAre("-a=2 -b=on", "-a=2 -b=off"));
}

TEST(Routes, ExpressionsAreRefusedByTheirWord) {
  EXPECT_THAT(refusal("-c=1"), HasSubstr("'-c' is no knob"));
  EXPECT_THAT(refusal("-a=[0|7]"), HasSubstr("'7' is no value of -a"));
  EXPECT_THAT(refusal("-a"), HasSubstr("'' is no value of -a"));
  EXPECT_THAT(refusal("-a=[0|0]"), HasSubstr("-a has a value twice"));
  EXPECT_THAT(refusal("-a=0 -a=1"), HasSubstr("-a has a value twice"));
  EXPECT_THAT(refusal("  "), HasSubstr("no knob is named"));
}

TEST(Routes, KnobsAreDescribedAloneOrAll) {
  EXPECT_THAT(describe_knobs(kKnobs, ""), HasSubstr("second"));
  EXPECT_THAT(describe_knobs(kKnobs, "a"), testing::Not(HasSubstr("second")));
  EXPECT_THROW(describe_knobs(kKnobs, "z"), Failure);
}

}  // namespace
}  // namespace tenon::trtexec
