// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loop over routes, its processes and its file.
#include "tools/trtexec/tuning.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/trtexec/command_line.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/interrupt.h"
#include "tools/trtexec/routes.h"

namespace tenon::trtexec {

namespace {

using Json = nlohmann::ordered_json;

/// Flags of the loop, which a trial does not get.
constexpr const char* kLoopFlags[] = {
    "--tuneBuildRoutes", "--tuneBuildRouteFile", "--tuningSearch",    "--tuningCacheFile",
    "--tuningTimeOut",   "--saveAllEngines",     "--dryRun",          "--continue",
    "--setBuildRoute",   "--saveEngine",         "--tuningResultFile"};

/// By RouteSearch.
constexpr const char* kSearches[] = {"fast", "full", "mixed"};

std::string knobs_of_builder() {
  const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(console()));
  if (!builder) throw Failure("There is no builder; the reason stands above.");
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  return config->getAllBuildRoutes();
}

std::vector<std::string> arguments_of_trial(const std::vector<std::string>& words) {
  std::vector<std::string> kept;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    const bool loops = std::any_of(std::begin(kLoopFlags), std::end(kLoopFlags),
                                   [&](const char* flag) { return name == flag; });
    if (!loops) kept.push_back(words[i]);
  }
  return kept;
}

/// Runs this program with other arguments; what it prints is heard only if `loud`. Returns its exit
/// status, or -1 when it was killed or could not be started.
int run_self(std::vector<std::string> arguments, bool loud) {
  arguments.insert(arguments.begin(), "trtexec");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kWriteOnly = 1;
  if (!loud) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", kWriteOnly, 0);
  }
  pid_t child = 0;
  const int error = posix_spawn(&child, "/proc/self/exe", &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

/// A line of the tuning cache file.
struct Trial {
  std::string route;
  bool crashed = false;
  bool passed = false;
  std::string error;
  Json losses;
  double ms = -1;
};

Json to_json(size_t number, const Trial& trial) {
  return {{"iter", number},
          {"build_route", trial.route},
          {"crash", trial.crashed},
          {"error_message", trial.error},
          {"accuracy_loss", trial.losses},
          {"gpu_time", trial.crashed ? Json(nullptr) : Json(trial.ms)},
          {"passed", trial.passed}};
}

Trial from_json(const Json& line) {
  Trial trial;
  trial.route = line.value("build_route", "");
  trial.crashed = line.value("crash", true);
  trial.passed = line.value("passed", !trial.crashed);
  if (!trial.crashed) trial.ms = line.value("gpu_time", -1.0);
  return trial;
}

class Loop {
 public:
  Loop(const Options& options, const std::vector<std::string>& words)
      : options_(options),
        tuning_(options.tuning),
        words_(words),
        choices_(read_choices(tuning_.expression, read_knobs(knobs_of_builder()))) {
    routes_ = tuning_.search == RouteSearch::Full ? full_search(choices_) : fast_search(choices_);
  }

  void list() const {
    for (size_t i = 0; i < routes_.size(); ++i) {
      console().info(fmt::format("Route {}: {}", i, to_route(choices_, routes_[i])));
    }
  }

  /// Trials of an interrupted loop, in their order.
  void take_up(const std::vector<Trial>& trials) {
    for (const Trial& trial : trials) keep(trial);
    console().info(fmt::format("Going on after {} routes.", trials.size()));
  }

  void begin_file() const {
    const Json head{{"tuner_version", Json::parse(knobs_of_builder()).at("tuner_version")},
                    {"searching_algorithm", kSearches[static_cast<size_t>(tuning_.search)]},
                    {"tuning_expr", tuning_.expression},
                    {"argv", words_}};
    write_file(tuning_.cache, head.dump() + "\n");
  }

  bool run() {
    go_through();
    if (tuning_.search == RouteSearch::Mixed && trials_.size() >= routes_.size()) {
      std::vector<double> times;
      for (const Trial& trial : trials_) times.push_back(trial.passed ? trial.ms : -1);
      times.resize(fast_search(choices_).size(), -1);
      const std::vector<Picks> more = second_search(choices_, times);
      routes_.insert(routes_.end(), more.begin(), more.end());
      go_through();
    }
    if (!best_) {
      console().error("No build route passed.");
      return false;
    }
    console().info(fmt::format("Best iteration: {} (gpu_time_ms={:.6g})", trials_[*best_].route,
                               trials_[*best_].ms));
    return true;
  }

 private:
  void go_through() {
    while (trials_.size() < routes_.size() && !interrupted()) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
      if (tuning_.timeout_s >= 0 && passed.count() > tuning_.timeout_s) {
        console().warn(fmt::format("--tuningTimeOut: stopped after {} of {} routes.",
                                   trials_.size(), routes_.size()));
        return;
      }
      const size_t number = trials_.size();
      const Trial trial = attempt(number, to_route(choices_, routes_[number]));
      std::ofstream(tuning_.cache, std::ios::app) << to_json(number, trial).dump() << '\n';
      console().info(fmt::format("Route {} of {}: {}: {}", number + 1, routes_.size(), trial.route,
                                 trial.crashed ? trial.error : fmt::format("{:.6g} ms", trial.ms)));
      const bool is_best = keep(trial);
      settle_engine(number, is_best);
    }
  }

  std::string engine_of(size_t number) const {
    const std::string& path = options_.build.save_engine;
    return path.empty() ? "" : fmt::format("{}.iter{}", path, number);
  }

  Trial attempt(size_t number, const std::string& route) const {
    Trial trial;
    trial.route = route;
    const std::string result = tuning_.cache + ".result";
    std::remove(result.c_str());
    std::vector<std::string> arguments = arguments_of_trial(words_);
    arguments.push_back("--setBuildRoute=" + route);
    arguments.push_back("--tuningResultFile=" + result);
    if (const std::string engine = engine_of(number); !engine.empty()) {
      arguments.push_back("--saveEngine=" + engine);
    }
    const int status = run_self(arguments, options_.report.verbose);
    std::ifstream file(result);
    const Json told = Json::parse(file, nullptr, false);
    std::remove(result.c_str());
    trial.crashed = told.is_discarded();
    if (trial.crashed) {
      trial.error = fmt::format("the trial ended with status {}; its words stand above", status);
      return trial;
    }
    trial.ms = told.value("gpu_time_ms", -1.0);
    trial.losses = told.value("accuracy_loss", Json());
    trial.passed = status == 0 && !told.value("accuracy_failed", true);
    return trial;
  }

  /// True when it is the best so far.
  bool keep(const Trial& trial) {
    trials_.push_back(trial);
    if (!trial.passed || (best_ && trials_[*best_].ms <= trial.ms)) return false;
    best_ = trials_.size() - 1;
    return true;
  }

  void settle_engine(size_t number, bool is_best) const {
    const std::string engine = engine_of(number);
    if (engine.empty() || !exists(engine)) return;
    if (is_best) {
      const MappedFile made(engine);
      write_file(options_.build.save_engine, made.data(), made.size());
    }
    if (!tuning_.save_all) std::remove(engine.c_str());
  }

  const Options& options_;
  const TuningOptions& tuning_;
  const std::vector<std::string>& words_;
  std::vector<KnobChoice> choices_;
  std::vector<Picks> routes_;
  std::vector<Trial> trials_;
  std::optional<size_t> best_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Takes up the loop that a tuning cache file tells of, with the command line it was begun with.
bool resume(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const Json head = Json::parse(line, nullptr, false);
  if (head.is_discarded() || !head.contains("argv")) {
    throw Failure(
        fmt::format("--continue: {} is no tuning cache file; name it with "
                    "--tuningCacheFile=FILE.",
                    path));
  }
  const std::vector<std::string> words = head.at("argv");
  std::vector<Trial> trials;
  while (std::getline(file, line)) {
    const Json one = Json::parse(line, nullptr, false);
    if (one.is_discarded()) break;
    trials.push_back(from_json(one));
  }
  const Options options = parse({words.begin() + 1, words.end()});
  Loop loop(options, words);
  loop.take_up(trials);
  return loop.run();
}

}  // namespace

void help_routes(const Options& options) {
  console().plain(describe_knobs(knobs_of_builder(), options.tuning.help_knob));
}

bool tune_routes(const Options& options, const std::vector<std::string>& words) {
  if (options.tuning.resume) return resume(options.tuning.cache);
  Loop loop(options, words);
  if (options.tuning.dry_run) {
    loop.list();
    return true;
  }
  loop.begin_file();
  return loop.run();
}

void write_result(const std::string& path, const TrialResult& result) {
  const Json json{{"gpu_time_ms", result.mean_ms},
                  {"accuracy_failed", !result.accurate},
                  {"accuracy_loss", result.losses}};
  write_file(path, json.dump() + "\n");
}

}  // namespace tenon::trtexec
