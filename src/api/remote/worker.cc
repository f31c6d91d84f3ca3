// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The worker: kernels, plugins and a timer of this machine, behind a pipe.
#include <dlfcn.h>
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "api/backends.h"
#include "api/safe/registry.h"
#include "api/voice.h"
#include "plugin/adapt/safe_build/resource_context.h"
#include "plugin/registry/registry.h"
#include "remote/pipe_channel.h"
#include "remote/worker.h"
#include "tenon/remote.h"
#include "tenon/version.h"
#include "tune/local_timer.h"

namespace tenon::api {

namespace {

/// Notes of the worker: the builder shows them.
class Notes final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override {
    if (severity != Severity::kVERBOSE) std::fprintf(stderr, "%s\n", text);
  }
};

/// Plugin libraries of some folders, by file name.
class PluginLibraries {
 public:
  PluginLibraries(plugin::PluginRegistry& registry, const char* folders) : registry_(registry) {
    std::string_view rest = folders == nullptr ? "" : folders;
    while (!rest.empty()) {
      const size_t colon = rest.find(':');
      if (colon != 0) folders_.emplace_back(rest.substr(0, colon));
      rest.remove_prefix(colon == rest.npos ? rest.size() : colon + 1);
    }
  }

  /// Empty, or what is wrong.
  std::string open(const std::string& name) {
    const auto known = opened_.find(name);
    if (known != opened_.end()) return known->second;
    return opened_[name] = open_anew(name);
  }

  std::string provide(const remote::PluginWish& wish) {
    const ops::PluginId id{wish.name, wish.version, wish.name_space};
    if (is_there(wish.family, id)) return {};
    const std::string missing = open(wish.library);
    ask_for_safe(id);
    if (is_there(wish.family, id)) return {};
    return fmt::format("plugin {} is not there: {}", plugin::describe(id),
                       missing.empty() ? wish.library + " does not bring it" : missing);
  }

 private:
  using SafeGetter = nvinfer2::safe::IPluginCreatorInterface*(const char*, const char*);

  bool is_there(const std::string& family, const ops::PluginId& id) {
    if (family == "plugin.safe") return plugin::find_safe_creator(safe_registry(), id) != nullptr;
    return registry_.find(id) != nullptr;
  }

  [[nodiscard]] std::optional<std::string> find(const std::string& name) const {
    if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
    for (const std::string& folder : folders_) {
      std::string path = folder;
      path += "/" + name;
      std::error_code unheard;
      if (std::filesystem::is_regular_file(path, unheard)) return path;
    }
    return std::nullopt;
  }

  std::string open_anew(const std::string& name) {
    const auto path = find(name);
    if (!path) {
      std::string where;
      for (const std::string& folder : folders_) where += (where.empty() ? "" : ":") + folder;
      return fmt::format(
          "plugin library {} is not in {} on this machine: copy it to remote_lib_path, or name "
          "another that has the plugin (plugins=FILE)",
          name, where);
    }
    void* const library = ::dlopen(path->c_str(), RTLD_LAZY);
    if (library == nullptr) {
      const char* const why = ::dlerror();
      return fmt::format("plugin library {} does not open: {}", *path, why == nullptr ? "" : why);
    }
    void* const getter = ::dlsym(library, "getSafetyPluginCreator");
    if (getter != nullptr) safe_.push_back(reinterpret_cast<SafeGetter*>(getter));
    const bool standard = ::dlsym(library, "getCreators") != nullptr ||
                          ::dlsym(library, "getPluginCreators") != nullptr;
    if (standard && registry_.loadLibrary(path->c_str()) == nullptr) {
      return fmt::format("plugin library {} is refused; its reason stands above", *path);
    }
    // One that has neither may register its creators by itself.
    return {};
  }

  /// Safe libraries hand out what they are asked for.
  void ask_for_safe(const ops::PluginId& id) {
    for (SafeGetter* getter : safe_) {
      auto* const creator = getter(id.name_space.c_str(), id.name.c_str());
      if (creator == nullptr) continue;
      auto& recorder = plugin::process_recorder();
      (void)nvinfer2::safe::getSafePluginRegistry(recorder)->registerCreator(
          *creator, id.name_space.c_str(), recorder);
    }
  }

  plugin::PluginRegistry& registry_;
  std::vector<std::string> folders_;
  std::map<std::string, std::string> opened_;
  std::vector<SafeGetter*> safe_;
};

int serve(int in, int out, const char* folders, Notes& notes) {
  // The other end goes without a word when a build is stopped.
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return EXIT_FAILURE;
  remote::PipeChannel channel(in, out);
  plugin::set_process_logger(&notes);
  plugin::PluginRegistry registry(&plugin::global_registry(), &notes);
  PluginLibraries libraries(registry, folders);
  const RuntimeLoaders loaders(registry, {true, {}});
  const device::Target& target = device::local_target();
  tune::LocalTimer timer(loaders, target);
  remote::Worker worker;
  worker.version = version();
  worker.target = target;
  worker.loaders = &loaders;
  worker.timer = &timer;
  worker.open_library = [&](const std::string& name) { return libraries.open(name); };
  worker.provide = [&](const remote::PluginWish& wish) { return libraries.provide(wish); };
  return remote::serve(channel, worker) ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

}  // namespace tenon::api

int32_t tenon::serve_tuning(int32_t in, int32_t out, char const* pluginFolders) noexcept {
  static api::Notes notes;
  api::Voice voice(&notes);
  return api::guarded<int32_t>(voice, EXIT_FAILURE,
                               [&] { return api::serve(in, out, pluginFolders, notes); });
}
