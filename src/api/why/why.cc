// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// tenon::why: reads what is asked about, and tells a model from an engine.
#include "tenon/resolve.h"

#include <cstring>
#include <filesystem>

#include "api/infer/host_memory.h"
#include "api/voice.h"
#include "api/why/account.h"
#include "base/aligned_buffer.h"
#include "base/file.h"
#include "plan/format.h"

namespace tenon {

namespace {

using api::ordered_json;

/// The bytes in question, and what keeps them alive.
struct Subject {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

Result<Subject> read(const Question& question, Diagnostics& diag) {
  if (question.data != nullptr) {
    auto copy = std::make_shared<AlignedBuffer>(question.size);
    if (copy->size() != 0) std::memcpy(copy->data(), question.data, question.size);
    const std::span<const std::byte> bytes = std::as_const(*copy).bytes();
    return Subject{bytes, std::move(copy)};
  }
  TENON_ASSIGN(MappedFile file,
               MappedFile::open(question.path == nullptr ? "" : question.path, diag));
  auto owner = std::make_shared<MappedFile>(std::move(file));
  const auto bytes = owner->bytes();
  return Subject{bytes, std::move(owner)};
}

std::string folder_of(char const* path) {
  if (path == nullptr) return {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// The first bytes are an engine file's, perhaps damaged: its reader will say how.
bool looks_like_engine(std::span<const std::byte> bytes) {
  constexpr size_t kName = 4;  // Before the line ends that a text transfer may have changed.
  return bytes.size() >= kName && std::memcmp(bytes.data(), plan::kMagic, kName) == 0;
}

Result<ordered_json> account_of(const Question& question, Diagnostics& diag) {
  TENON_ASSIGN(Subject subject, read(question, diag));
  const std::string only = question.node == nullptr ? "" : question.node;
  if (looks_like_engine(subject.bytes)) {
    return api::account_of_engine(subject.bytes, only, diag);
  }
  ordered_json account =
      api::account_of_model(subject.bytes, subject.owner, folder_of(question.path), only);
  if (account["nodes"].empty() && account["faults"].size() == 1 &&
      account["faults"][0]["node"].get<std::string>().empty() && only.empty()) {
    return diag.fail(Code::InvalidModel, "neither an engine nor a readable ONNX model: {}",
                     account["faults"][0]["why"].get<std::string>());
  }
  return account;
}

}  // namespace

nvinfer1::IHostMemory* why(Question const& question, nvinfer1::ILogger& logger) noexcept {
  api::Voice voice(&logger);
  return api::guarded<nvinfer1::IHostMemory*>(voice, nullptr, [&]() -> nvinfer1::IHostMemory* {
    Diagnostics diag = voice.diagnostics();
    const auto account = account_of(question, diag);
    if (!account.ok()) return nullptr;
    const std::string text = question.json ? account->dump(2) + "\n" : api::to_text(*account);
    const auto bytes = std::as_bytes(std::span(text));
    return new api::HostMemory(Bytes(bytes.begin(), bytes.end()));
  });
}

}  // namespace tenon
