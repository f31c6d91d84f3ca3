// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ELF heads, the compiler driver, and the table of open kernels.
#include "plugin/adapt/quick/host_code.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "base/file.h"
#include "plugin/registry/digest.h"

extern char** environ;

namespace tenon::plugin {

namespace {

#if defined(__x86_64__)
constexpr uint16_t kThisMachine = EM_X86_64;
#else
constexpr uint16_t kThisMachine = EM_AARCH64;
#endif
constexpr uint16_t kCudaMachine = 190;
constexpr size_t kMostWords = 1500;  ///< of a linker that are repeated

constexpr std::string_view kCodeNames[] = {
    "a shared object",         "an object file",      "code for another processor",
    "a cubin for NVIDIA GPUs", "PTX for NVIDIA GPUs", "no code that is known"};

/// A folder of its own for one linking.
class Folder {
 public:
  Folder() {
    std::error_code unheard;
    path_ = std::filesystem::temp_directory_path(unheard).string() + "/tenon_link_XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Folder() {
    std::error_code unheard;
    if (!path_.empty()) std::filesystem::remove_all(path_, unheard);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }
  [[nodiscard]] bool there() const noexcept { return !path_.empty(); }

 private:
  std::string path_;
};

/// Runs a command, its words going to `log`; its exit code, or -1 when it cannot be started.
int run_command(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int state = 0;
  if (failed != 0 || ::waitpid(child, &state, 0) != child) return -1;
  return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

std::string text_of_file(const std::string& path) {
  CollectingSink unheard;
  Diagnostics diag(unheard);
  const auto file = MappedFile::open(path, diag);
  if (!file.ok()) return {};
  const auto bytes = file->bytes();
  return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kMostWords)};
}

Result<Bytes> link_object(std::span<const std::byte> code, const std::string& kernel,
                          Diagnostics& diag) {
  const Folder folder;
  if (!folder.there()) return diag.fail(Code::Io, "no temporary folder to link {} in", kernel);
  TENON_TRY(write_file(folder.file("kernel.o"), code, diag));
  const char* driver = std::getenv("CC");
  if (driver == nullptr || *driver == '\0') driver = "cc";
  const int exit_code = run_command(
      {driver, "-shared", "-s", "-o", folder.file("kernel.so"), folder.file("kernel.o"), "-lm"},
      folder.file("log"));
  if (exit_code != 0) {
    return diag.fail(Code::Plugin,
                     "the object file of {} cannot be linked by {} (exit code {}): {}; give a "
                     "shared object, compile with -fPIC, or set CC to a compiler",
                     kernel, driver, exit_code, text_of_file(folder.file("log")));
  }
  TENON_ASSIGN(const MappedFile made, MappedFile::open(folder.file("kernel.so"), diag));
  return Bytes(made.bytes().begin(), made.bytes().end());
}

struct OpenKernels {
  std::mutex mutex;
  std::map<Digest, std::weak_ptr<const HostModule>> by_digest;
};

OpenKernels& open_kernels() {
  static auto* made = new OpenKernels;
  return *made;
}

}  // namespace

CodeKind kind_of_code(std::span<const std::byte> code) noexcept {
  Elf64_Ehdr head;
  if (code.size() >= sizeof head && std::memcmp(code.data(), ELFMAG, SELFMAG) == 0) {
    std::memcpy(&head, code.data(), sizeof head);
    if (head.e_machine == kCudaMachine) return CodeKind::Cubin;
    if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_machine != kThisMachine) {
      return CodeKind::ForeignElf;
    }
    if (head.e_type == ET_DYN) return CodeKind::SharedObject;
    return head.e_type == ET_REL ? CodeKind::Object : CodeKind::Unknown;
  }
  const std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
  const bool ptx = text.find(".version") != text.npos && text.find(".target") != text.npos;
  return ptx ? CodeKind::Ptx : CodeKind::Unknown;
}

std::string_view to_string(CodeKind kind) noexcept { return kCodeNames[static_cast<size_t>(kind)]; }

Result<Bytes> to_shared_object(std::span<const std::byte> code, const std::string& kernel,
                               Diagnostics& diag) {
  const CodeKind kind = kind_of_code(code);
  if (kind == CodeKind::SharedObject) return Bytes(code.begin(), code.end());
  if (kind == CodeKind::Object) return link_object(code, kernel, diag);
  return diag.fail(Code::Unsupported,
                   "{} is {}, but this engine is for CPUs, whose kernels are shared objects or "
                   "object files with an entry `void name(void* const* args, uint32_t gx, uint32_t "
                   "gy, uint32_t gz)`: give such code (tenon.plugin.host_kernel compiles C to it), "
                   "or ask for the form that is called while running (aot=False, "
                   "PREFER_JIT_PYTHON_PLUGINS)",
                   kernel, to_string(kind));
}

Result<std::shared_ptr<const HostModule>> HostModule::open(std::span<const std::byte> code,
                                                           const TemporaryFiles& files,
                                                           const std::string& kernel,
                                                           Diagnostics& diag) {
  if (!files.in_memory && !files.on_disk) {
    return diag.fail(Code::InvalidArgument,
                     "the code of {} cannot be opened: neither files in memory nor temporary files "
                     "are allowed; allow one of them with IRuntime::setTempfileControlFlags",
                     kernel);
  }
  const Digest digest = digest_of(code);
  OpenKernels& all = open_kernels();
  const std::lock_guard lock(all.mutex);
  std::erase_if(all.by_digest, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<const HostModule>& known = all.by_digest[digest];
  if (auto module = known.lock()) return module;
  BytesLibrary made = open_library_of_bytes("kernel", code, files, RTLD_NOW | RTLD_LOCAL);
  if (made.open == nullptr) {
    return diag.fail(Code::Plugin, "the code of {} cannot be opened: {}", kernel, made.why);
  }
  std::shared_ptr<const HostModule> module(new HostModule(std::move(made.open)));
  known = module;
  return module;
}

HostEntry HostModule::find(const std::string& name) const noexcept {
  return reinterpret_cast<HostEntry>(::dlsym(open_->handle(), name.c_str()));
}

}  // namespace tenon::plugin
