// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of flags.
#include "tools/trtexec_safe/options.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "NvInferSafeRuntime.h"

namespace tenon::trtexec_safe {

namespace {

/// One flag: `value` names its value in the help and is empty for a switch.
struct Flag {
  const char* name;
  const char* value;
  const char* help;
  std::function<void(Options&, const std::string&)> set;
};

[[noreturn]] void refuse(const std::string& value, const std::string& why) {
  throw UsageError("\"" + value + "\" " + why);
}

/// A whole number in [least, greatest].
int64_t whole(const std::string& text, int64_t least, int64_t greatest) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > greatest) {
    refuse(text,
           "is no whole number from " + std::to_string(least) + " to " + std::to_string(greatest));
  }
  return number;
}

int count(const std::string& text, int least, int greatest = 1'000'000'000) {
  return static_cast<int>(whole(text, least, greatest));
}

double number(const std::string& text, double greatest) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !(value >= 0) || value > greatest) {
    refuse(text, "is no number from 0 to " + std::to_string(static_cast<int64_t>(greatest)));
  }
  return value;
}

constexpr double kLong = 1e9;

/// Adds `NAME:FILE,…`; the last colon separates, and names may stand between single quotes.
void add_inputs(Options& options, const std::string& text) {
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string pair = text.substr(at, comma - at);
    const size_t colon = pair.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == pair.size()) {
      refuse(pair, "is not written NAME:FILE");
    }
    std::string name = pair.substr(0, colon);
    if (name.size() > 2 && name.front() == '\'' && name.back() == '\'') {
      name = name.substr(1, name.size() - 2);
    }
    options.inputs[name] = pair.substr(colon + 1);
    at = comma + 1;
  }
}

void add_plugins(Options& options, const std::string& text) {
  try {
    options.plugins.push_back(tools::parse_safety_plugins(text));
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

using Text = const std::string&;

const std::vector<Flag>& flags() {
  static const std::vector<Flag> kFlags{
      {"--loadEngine", "FILE", "the engine to run (sample.engine)",
       [](Options& o, Text v) { o.engine = v; }},
      {"--safetyPlugins", "LIB[NS::NAME,…]", "register plugins of a library; may be repeated",
       add_plugins},
      {"--safePlugins", "LIB[NS::NAME,…]", "another name of --safetyPlugins", add_plugins},
      {"--loadInputs", "NAME:FILE,…", "raw bytes for inputs; what is not listed is zero",
       add_inputs},
      {"--ioProfileId", "N", "the IO profile (0)",
       [](Options& o, Text v) { o.io_profile = whole(v, 0, INT32_MAX); }},
      {"--useScratch", "", "give the graph its scratch memory from outside",
       [](Options& o, Text) { o.scratch = true; }},
      {"--iterations", "N", "at least N groups of runs (10)",
       [](Options& o, Text v) { o.iterations = count(v, 1); }},
      {"--avgRuns", "N", "runs in a group, of which one line tells the mean (10)",
       [](Options& o, Text v) { o.average_runs = count(v, 1); }},
      {"--warmUp", "N", "runs before measuring (1)",
       [](Options& o, Text v) { o.warm_up = count(v, 0); }},
      {"--duration", "S", "measure for at least S seconds (3)",
       [](Options& o, Text v) { o.duration_s = number(v, kLong); }},
      {"--sleepTime", "MS",
       "let the stream rest before each run, so that launches are not timed (2)",
       [](Options& o, Text v) { o.sleep_ms = number(v, kLong); }},
      {"--idleTime", "MS", "sleep after each run (0)",
       [](Options& o, Text v) { o.idle_ms = number(v, kLong); }},
      {"--percentile", "P", "the percentile of the summary, 0 to 100 (99)",
       [](Options& o, Text v) { o.percentile = number(v, 100); }},
      {"--threads", "N", "run N clones of the graph, each in a thread (1)",
       [](Options& o, Text v) { o.threads = count(v, 1, 1024); }},
      {"--device", "N", "the device of the CUDA runtime (0)",
       [](Options& o, Text v) { o.device = count(v, 0); }},
      {"--spin", "", "poll for the end of a run instead of sleeping",
       [](Options& o, Text) { o.spin = true; }},
      {"--noCudaGraph", "", "execute each run instead of launching a captured graph",
       [](Options& o, Text) { o.capture = false; }},
      {"--useCudaGraph", "", "no effect: runs are captured unless --noCudaGraph is given",
       [](Options& o, Text) {
         o.notes.emplace_back("--useCudaGraph has no effect: it is the default.");
       }},
      {"--separateProfileRun", "", "no effect: there always is one",
       [](Options& o, Text) {
         o.notes.emplace_back("--separateProfileRun has no effect: there always is one.");
       }},
      {"--verbose", "", "show details", [](Options& o, Text) { o.verbose = true; }},
      {"--debug", "", "show each step", [](Options& o, Text) { o.debug = true; }},
      {"--help", "", "this text", [](Options& o, Text) { o.help = true; }},
      {"-h", "", "this text", [](Options& o, Text) { o.help = true; }},
  };
  return kFlags;
}

}  // namespace

Options parse(const std::vector<std::string>& words) {
  Options options;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto flag = std::find_if(flags().begin(), flags().end(),
                                   [&](const Flag& one) { return name == one.name; });
    if (flag == flags().end()) throw UsageError("Unknown flag " + word + "; see --help.");
    const bool valued = *flag->value != '\0';
    if (valued != (equals != std::string::npos)) {
      std::string sentence = name;
      sentence += valued ? " needs a value: " : " takes no value";
      if (valued) sentence.append(name).append("=").append(flag->value);
      throw UsageError(sentence);
    }
    const std::string value = valued ? word.substr(equals + 1) : "";
    if (valued && value.empty()) throw UsageError(name + "= has an empty value.");
    try {
      flag->set(options, value);
    } catch (const UsageError& error) {
      throw UsageError(name + ": " + error.what());
    }
  }
  return options;
}

std::string help_text() {
  std::string text =
      "Usage: trtexec_safe --loadEngine=FILE [flags]: runs and times a safe engine\n";
  for (const Flag& flag : flags()) {
    std::string left = std::string("  ") + flag.name;
    if (*flag.value != '\0') left += std::string("=") + flag.value;
    constexpr size_t kColumn = 36;
    // The ellipsis takes three bytes and one column.
    const size_t columns = left.size() - (left.find("…") == std::string::npos ? 0 : 2);
    left.append(columns < kColumn ? kColumn - columns : 1, ' ');
    text += left.append(flag.help).append("\n");
  }
  return text;
}

std::string banner(const char* state, const std::vector<std::string>& words) {
  std::string line = std::string("&&&& ") + state + " TensorRT.trtexec_safe [TensorRT v" +
                     std::to_string(NV_TENSORRT_VERSION) + "] [b" +
                     std::to_string(NV_TENSORRT_BUILD) + "] #";
  for (const std::string& word : words) line.append(" ").append(word);
  return line;
}

}  // namespace tenon::trtexec_safe
