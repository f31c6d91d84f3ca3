// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One owner for every open library.
#include "plugin/registry/hold.h"

#include <dlfcn.h>
#include <unistd.h>

#include <vector>

#include "plugin/registry/creator.h"

namespace tenon::plugin {

namespace {

/// The open libraries by handle.
struct Table {
  std::mutex mutex;
  std::map<void*, std::weak_ptr<OpenLibrary>> open;
};

Table& table() {
  static auto* made = new Table;  // Objects of libraries may outlive any order.
  return *made;
}

}  // namespace

std::shared_ptr<OpenLibrary> OpenLibrary::take(void* handle, std::string path, int descriptor) {
  Table& all = table();
  std::shared_ptr<OpenLibrary> library;
  {
    const std::lock_guard lock(all.mutex);
    library = all.open[handle].lock();
    if (library == nullptr) {
      library.reset(new OpenLibrary(handle, std::move(path), descriptor));
      all.open[handle] = library;
      return library;
    }
  }
  ::dlclose(handle);  // The owner that is there has opened it, too.
  if (descriptor >= 0) ::close(descriptor);
  return library;
}

std::shared_ptr<OpenLibrary> OpenLibrary::of(const void* object) {
  const std::string path = library_of(object);
  void* handle = path.empty() ? nullptr : ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  return handle == nullptr ? nullptr : take(handle, path, -1);
}

OpenLibrary::~OpenLibrary() {
  {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    const auto found = all.open.find(handle_);
    if (found != all.open.end() && found->second.expired()) all.open.erase(found);
  }
  ::dlclose(handle_);
  if (descriptor_ < 0) return;
  // The loader knows a file in memory by its number. As long as it does, the number must not name
  // another file.
  if (void* still = ::dlopen(path_.c_str(), RTLD_LAZY | RTLD_NOLOAD)) {
    ::dlclose(still);
  } else {
    ::close(descriptor_);
  }
}

std::optional<Digest> OpenLibrary::first_digest(const std::optional<Digest>& now) {
  const std::lock_guard lock(mutex_);
  if (!digest_) digest_ = now;
  return digest_;
}

std::string OpenLibrary::users() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [user, count] : users_) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " of " + user;
  }
  return text;
}

struct LibraryHold::Use {
  Use(std::shared_ptr<OpenLibrary> held, std::string who)
      : library(std::move(held)), user(std::move(who)) {
    const std::lock_guard lock(library->mutex_);
    ++library->users_[user];
  }
  ~Use() {
    const std::lock_guard lock(library->mutex_);
    const auto found = library->users_.find(user);
    if (--found->second == 0) library->users_.erase(found);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  std::shared_ptr<OpenLibrary> library;
  std::string user;
};

LibraryHold::LibraryHold(const void* object, std::string user) {
  if (auto library = OpenLibrary::of(object)) {
    use_ = std::make_shared<const Use>(std::move(library), std::move(user));
  }
}

void keep_for_ever(std::shared_ptr<OpenLibrary> library) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<std::shared_ptr<OpenLibrary>>;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(library));
}

}  // namespace tenon::plugin
