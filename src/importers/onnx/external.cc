// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// External tensor data: files beside the model, and never elsewhere.
#include <charconv>
#include <filesystem>

#include "base/file.h"
#include "importers/onnx/tensor.h"

namespace tenon::onnx {

namespace fs = std::filesystem;

namespace {

/// What the entries of TensorProto.external_data say.
struct Extent {
  std::string location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

Status read_number(std::string_view key, std::string_view text, uint64_t& number,
                   const wire::Tensor& tensor, Diagnostics& diag) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return {};
  return diag.fail(Code::InvalidModel,
                   "external data of tensor \"{}\": {} is \"{}\", but must be a number",
                   tensor.name, key, text);
}

/// True if some step of `path` climbs to the folder above.
bool climbs(const fs::path& path) {
  for (const fs::path& step : path) {
    if (step == "..") return true;
  }
  return false;
}

/// True if `path`, both without links, lies below `folder`.
bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && !climbs(relative);
}

}  // namespace

Result<TensorReader::Source> TensorReader::open(const std::string& location,
                                                std::string_view tensor, Diagnostics& diag) {
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  const auto refuse = [&](std::string_view why) {
    return diag.fail(Code::InvalidModel,
                     "external data of tensor \"{}\": location \"{}\" {}; the file must lie in the "
                     "model's folder",
                     tensor, location, why);
  };
  if (folder_.empty()) {
    return diag.fail(Code::InvalidModel,
                     "tensor \"{}\" lies in the external file \"{}\", but the model was given as "
                     "bytes without a folder: give the model as a file",
                     tensor, location);
  }
  const fs::path path(location);
  if (location.empty() || location.find('\0') != std::string::npos)
    return refuse("is no file name");
  if (path.is_absolute()) return refuse("is an absolute path");
  if (climbs(path)) return refuse("leads to a folder above");
  std::error_code error;
  const fs::path folder = fs::canonical(folder_, error);
  const fs::path real = error ? fs::path() : fs::canonical(folder / path, error);
  if (error) {
    return diag.fail(Code::Io,
                     "external data of tensor \"{}\": cannot find \"{}\" in folder "
                     "\"{}\": {}",
                     tensor, location, folder_, error.message());
  }
  if (!lies_in(real, folder)) return refuse("is a link that leads out of the folder");
  if (!fs::is_regular_file(real, error)) return refuse("is not a regular file");
  TENON_ASSIGN(MappedFile mapped, MappedFile::open(real.string(), diag));
  const auto file = std::make_shared<const MappedFile>(std::move(mapped));
  return files_.emplace(location, Source{file->bytes(), file}).first->second;
}

Result<TensorReader::Source> TensorReader::external(const wire::Tensor& tensor, size_t size,
                                                    Diagnostics& diag) {
  Extent extent;
  for (const auto& [key, value] : tensor.external_data) {
    if (key == "location") extent.location = value;
    if (key == "offset") TENON_TRY(read_number(key, value, extent.offset, tensor, diag));
    if (key == "length") TENON_TRY(read_number(key, value, extent.length.emplace(), tensor, diag));
  }
  TENON_ASSIGN(Source source, open(extent.location, tensor.name, diag));
  const uint64_t length = extent.length.value_or(size);
  if (extent.offset > source.bytes.size() || length > source.bytes.size() - extent.offset) {
    return diag.fail(Code::InvalidModel,
                     "external data of tensor \"{}\": bytes {} to {}+{} are asked for, but \"{}\" "
                     "has only {}",
                     tensor.name, extent.offset, extent.offset, length, extent.location,
                     source.bytes.size());
  }
  source.bytes = source.bytes.subspan(extent.offset, length);
  return source;
}

}  // namespace tenon::onnx
