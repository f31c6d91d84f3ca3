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

TEST(CommandLine, TypesAndDevicesOfLayers) {
  const Options options =
      parse({"--onnx=m", "--layerPrecisions='a,b':fp16,c*:fp32", "--layerOutputTypes=d:fp16+int32",
             "--precisionConstraints=prefer", "--layerDeviceTypes=*:GPU"});
  EXPECT_EQ(options.build.layer_precisions.at("a,b"), nvinfer1::DataType::kHALF);
  EXPECT_EQ(options.build.layer_precisions.at("c*"), nvinfer1::DataType::kFLOAT);
  EXPECT_THAT(options.build.layer_output_types.at("d"),
              ElementsAre(nvinfer1::DataType::kHALF, nvinfer1::DataType::kINT32));
  EXPECT_TRUE(options.notes.empty());
  EXPECT_THAT(parse({"--onnx=m", "--layerPrecisions=a:fp16"}).notes.at(0),
              HasSubstr("no effect without --precisionConstraints"));
  EXPECT_THAT(refusal({"--onnx=m", "--layerPrecisions=a:fp15"}), HasSubstr("'fp15' is no element"));
  EXPECT_THAT(refusal({"--onnx=m", "--layerDeviceTypes=a:DLA"}), HasSubstr("for layer a"));
  EXPECT_THAT(refusal({"--onnx=m", "--stronglyTyped", "--layerPrecisions=a:fp16"}),
              HasSubstr("exclude each other"));
}

TEST(CommandLine, WeightsThatMayBeReplacedOrLeftOut) {
  const Options all = parse({"--onnx=m", "--stripAllWeights", "--skipInference", "--dumpRefit"});
  EXPECT_TRUE(all.build.refit && all.build.strip_weights && all.report.dump_refit);
  const Options same = parse({"--onnx=m", "--weightless", "--refitFromOnnx=n"});
  EXPECT_TRUE(same.build.strip_weights && !same.build.refit);
  EXPECT_EQ(same.inference.refit_model, "n");
  EXPECT_THAT(refusal({"--onnx=m", "--stripWeights"}), HasSubstr("--refitFromOnnx=FILE"));
  EXPECT_THAT(refusal({"--loadEngine=e", "--timeRefit"}), HasSubstr("--refitFromOnnx=FILE"));
}

TEST(CommandLine, DebugTensors) {
  const Options options = parse({"--onnx=m", "--markDebug=a,'b,c'", "--saveDebugTensors=a:f",
                                 "--saveAllDebugTensors=summary,raw"});
  EXPECT_THAT(options.build.debug_tensors, ElementsAre("a", "b,c"));
  EXPECT_EQ(options.inference.debug_files.at("a"), "f");
  EXPECT_THAT(options.inference.debug_formats, ElementsAre(DebugFormat::Summary, DebugFormat::Raw));
  EXPECT_THAT(refusal({"--onnx=m", "--saveAllDebugTensors=bmp"}), HasSubstr("'bmp' is no file"));
  EXPECT_THAT(refusal({"--onnx=m", "--markDebug=a,"}), HasSubstr("an empty name"));
  EXPECT_THAT(refusal({"--loadEngine=e", "--markDebug=a"}), HasSubstr("before the engine"));
}

TEST(CommandLine, SafeEngines) {
  const Options options =
      parse({"--onnx=m", "--safe", "--consistency", "--skipInference", "--fp16",
             "--safetyPlugins=liba.so[::Pool,acme::Roll]", "--safePlugins=libb.so[::Pool]",
             "--dumpKernelText", "--saveEngine=e", "--dumpLayerInfo", "--staticPlugins=libc.so"});
  EXPECT_TRUE(options.build.safe && options.build.consistency && options.build.kernel_text);
  ASSERT_EQ(options.system.safety_plugins.size(), 2U);
  EXPECT_EQ(options.system.safety_plugins[0].path, "liba.so");
  EXPECT_EQ(options.system.safety_plugins[0].plugins[1].space, "acme");
  EXPECT_EQ(options.system.safety_plugins[0].plugins[1].name, "Roll");
  EXPECT_THAT(options.notes, ElementsAre(HasSubstr("--staticPlugins has no effect with --safe")));
  EXPECT_THAT(parse({"--onnx=m", "--consistency"}).notes,
              ElementsAre(HasSubstr("no effect without --safe")));
  EXPECT_THAT(refusal<UsageError>({"--onnx=m", "--safe", "--safetyPlugins=liba.so"}),
              HasSubstr("LIB[NAMESPACE::NAME"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--safe", "--dumpProfile"}),
              HasSubstr("--dumpProfile is refused with --safe"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--dumpKernelText", "--saveEngine=e"}),
              HasSubstr("--dumpKernelText needs --safe"));
  EXPECT_THAT(refusal<Failure>({"--onnx=m", "--safe", "--refit"}), HasSubstr("stay as they are"));
}

TEST(CommandLine, WhatHasNoEffectHereIsCheckedAllTheSame) {
  const std::vector<std::string> streams{"--onnx=m", "--allowWeightStreaming"};
  const auto with = [&](const char* flag) {
    std::vector<std::string> all = streams;
    all.emplace_back(flag);
    return all;
  };
  EXPECT_EQ(parse(with("--weightStreamingBudget=20%")).notes.size(), 2U);
  EXPECT_EQ(parse(with("--weightStreamingBudget=64M")).notes.size(), 2U);
  EXPECT_THAT(refusal(with("--weightStreamingBudget=120%")), HasSubstr("more than 100%"));
  EXPECT_THAT(refusal(with("--weightStreamingBudget=1Q")), HasSubstr("'Q' is no unit"));
  EXPECT_THAT(refusal({"--onnx=m", "--weightStreamingBudget=1"}),
              HasSubstr("needs --allowWeightStreaming"));
  EXPECT_EQ(parse({"--onnx=m", "--sparsity=enable"}).notes.size(), 1U);
  EXPECT_THAT(refusal({"--onnx=m", "--sparsity=force"}), HasSubstr("--sparsity=force is refused"));
  EXPECT_THAT(refusal({"--onnx=m", "--sparsity=x"}), HasSubstr("none of disable, enable, force"));
  EXPECT_EQ(parse({"--loadEngine=e", "--useRuntime=lean"}).notes.size(), 1U);
  EXPECT_THAT(refusal({"--onnx=m", "--useRuntime=lean"}), HasSubstr("need --loadEngine"));
  EXPECT_THAT(refusal({"--loadEngine=e", "--useRuntime=dispatch", "--plugins=p"}),
              HasSubstr("exclude --timeRefit and --staticPlugins"));
  EXPECT_THAT(refusal({"--onnx=m", "--useRuntime=x"}), HasSubstr("none of full, lean, dispatch"));
}

TEST(CommandLine, LoopsOverBuildRoutes) {
  const Options options = parse({"--onnx=m", "--tuneBuildRoutes=-level=[1|3]", "--dryRun",
                                 "--tuningSearch=full", "--tuningTimeOut=60", "--maxTactics=4"});
  EXPECT_EQ(options.tuning.expression, "-level=[1|3]");
  EXPECT_EQ(options.tuning.search, RouteSearch::Full);
  EXPECT_EQ(options.tuning.timeout_s, 60);
  EXPECT_EQ(options.build.max_tactics, 4);
  EXPECT_TRUE(parse({"--helpBuildRoute"}).tuning.help);
  EXPECT_EQ(parse({"--helpBuildRoute=level"}).tuning.help_knob, "level");
  EXPECT_EQ(parse({"--continue"}).tuning.cache, "best_config.json");
  EXPECT_THAT(refusal({"--continue", "--tuneBuildRoutes=a"}), HasSubstr("exclude each other"));
  EXPECT_THAT(refusal({"--onnx=m", "--dryRun"}), HasSubstr("--tuneBuildRoutes=EXPR"));
  EXPECT_THAT(refusal({"--onnx=m", "--tuneBuildRoutes=a", "--tuningSearch=mixed", "--dryRun"}),
              HasSubstr("excludes --tuningSearch=mixed"));
  EXPECT_THAT(refusal({"--onnx=m", "--saveAllEngines", "--saveEngine=e"}),
              HasSubstr("belongs to --tuneBuildRoutes"));
}

TEST(CommandLine, HelpNamesEveryFlag) {
  const std::string text = help_text();
  for (const FlagGroup& group : flag_groups()) {
    for (const Flag& flag : group.flags) EXPECT_THAT(text, HasSubstr(flag.name));
  }
}

}  // namespace
}  // namespace tenon::trtexec
