// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of flags against the list of known ones, and the rules between flags.
#include "tools/trtexec/command_line.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tools/trtexec/failure.h"
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The sentence with which a command line is refused; empty when it is not.
template <class Error = std::runtime_error>
std::string refusal(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CommandLine, EveryKnownFlagIsInTheTable) {
  std::ifstream list("scripts/trtexec_flags.txt");
  ASSERT_TRUE(list);
  int count = 0;
  for (std::string name; std::getline(list, name);) {
    if (name.empty() || name[0] == '#') continue;
    EXPECT_NE(find_flag("--" + name), nullptr) << name;
    ++count;
  }
  EXPECT_GE(count, 140);
}

TEST(CommandLine, NoFlagStandsTwice) {
  std::set<std::string> names;
  for (const FlagGroup& group : flag_groups()) {
    for (const Flag& flag : group.flags) EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
  }
}

TEST(CommandLine, EveryRefusalSaysWhyAndComesBeforeAnythingElse) {
  for (const FlagGroup& group : flag_groups()) {
    for (const Flag& flag : group.flags) {
      const auto* refused = std::get_if<Refused>(&flag.meaning);
      if (refused == nullptr) continue;
      EXPECT_THAT(refusal<Failure>({std::string(flag.name) + "=1.5"}), HasSubstr(refused->why));
      if (refused->neutral == nullptr) continue;
      const auto neutral = std::string(flag.name) + "=" + refused->neutral;
      EXPECT_EQ(refusal({"--onnx=m", neutral}), "");
    }
  }
}

TEST(CommandLine, FlagsWithoutEffectAreNoted) {
  const Options options = parse({"--onnx=m", "--useCudaGraph"});
  ASSERT_EQ(options.notes.size(), 1U);
  EXPECT_THAT(options.notes[0], HasSubstr("--useCudaGraph has no effect"));
}

TEST(CommandLine, UnknownOptionsAreAllNamed) {
  EXPECT_EQ(refusal<UsageError>({"--onnx=m", "--nope", "model"}),
            "Unknown option: --nope\nUnknown option: model");
}

TEST(CommandLine, ValuesAreNamedWithTheirFlag) {
  EXPECT_EQ(refusal<UsageError>({"--onnx"}), "--onnx needs a value: --onnx=FILE");
  EXPECT_EQ(refusal<UsageError>({"--verbose=1"}), "--verbose takes no value, but was given '1'");
  EXPECT_EQ(refusal<UsageError>({"--iterations=x"}), "--iterations=x: 'x' is no whole number");
  EXPECT_EQ(refusal<UsageError>({"--onnx=a", "--onnx=b"}), "--onnx is given twice");
}

TEST(CommandLine, RepeatedLibrariesKeepTheirOrder) {
  const Options options =
      parse({"--onnx=m", "--dynamicPlugins=a", "--dynamicPlugins=b", "--plugins=c"});
  EXPECT_THAT(options.system.dynamic_plugins, ElementsAre("a", "b"));
  EXPECT_THAT(options.system.static_plugins, ElementsAre("c"));
}

TEST(CommandLine, MissingBoundsComeFromThoseGiven) {
  const Options options = parse({"--onnx=m", "--minShapes=x:1", "--maxShapes=x:4"});
  const ShapeProfile& profile = options.build.profiles.at(0);
  EXPECT_THAT(profile.min.at("x"), ElementsAre(1));
  EXPECT_THAT(profile.opt.at("x"), ElementsAre(4));
  EXPECT_THAT(profile.max.at("x"), ElementsAre(4));
  EXPECT_THAT(options.inference.shapes.at("x"), ElementsAre(4));
}

TEST(CommandLine, ShapesAloneMakeAProfile) {
  const Options options = parse({"--onnx=m", "--shapes=x:2x3"});
  EXPECT_THAT(options.build.profiles.at(0).min.at("x"), ElementsAre(2, 3));
}

TEST(CommandLine, ShapesBelongToTheProfileBefore) {
  const Options options = parse({"--onnx=m", "--profile=0", "--optShapes=x:1", "--profile=1",
                                 "--optShapes=x:8", "--useProfile=1"});
  EXPECT_THAT(options.build.profiles.at(0).opt.at("x"), ElementsAre(1));
  EXPECT_THAT(options.build.profiles.at(1).opt.at("x"), ElementsAre(8));
  EXPECT_THAT(options.inference.shapes.at("x"), ElementsAre(8));
}

TEST(CommandLine, FlagsThatExcludeOrNeedEachOther) {
  EXPECT_THAT(refusal<Failure>({"--loadEngine=a", "--saveEngine=b"}),
              HasSubstr("--loadEngine and --saveEngine exclude each other"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--stronglyTyped", "--fp16"}), HasSubstr("--fp16"));
  EXPECT_THAT(refusal<Failure>({"--loadEngine=a", "--loadRefOutputs=y:f", "--accuracyThreshold=1"}),
              HasSubstr("--loadRefOutputs needs --loadInputs"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--atol=1", "--accuracyAlgorithm=cos"}),
              HasSubstr("l0 alone"));
  EXPECT_THAT(refusal<Failure>({"--verbose"}), HasSubstr("--onnx=FILE or --loadEngine=FILE"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--device=1"}), HasSubstr("--tenonDevice=cuda:1"));
}

TEST(CommandLine, HelpNamesEveryFlag) {
  const std::string text = help_text();
  for (const FlagGroup& group : flag_groups()) {
    for (const Flag& flag : group.flags) EXPECT_THAT(text, HasSubstr(flag.name));
  }
}

}  // namespace
}  // namespace tenon::trtexec
