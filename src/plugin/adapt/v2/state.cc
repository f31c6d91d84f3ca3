// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Size, then exactly so many bytes.
#include "plugin/adapt/v2/state.h"

#include <algorithm>

#include "base/aligned_buffer.h"
#include "plugin/adapt/call.h"

namespace tenon::plugin {

namespace {

constexpr size_t kMostBytes = size_t{2} << 30;
constexpr size_t kZone = 4096;  ///< watched behind the bytes
constexpr std::byte kPaint{0xA5};

}  // namespace

Status initialize(const V2Object& object, const ops::PluginId& id, Diagnostics& diag) {
  const Call call(id, "initialize");
  const int32_t code = object.base().initialize();
  if (code == 0) return {};
  return diag.fail(Code::Plugin, "initialize of plugin {} returned {}", id.name, code);
}

Result<Bytes> serialize(const V2Object& object, const ops::PluginId& id, Diagnostics& diag) {
  TENON_TRY(initialize(object, id, diag));
  {
    const Call call(id, "terminate");
    object.base().terminate();
  }
  return serialized_now(object, id, diag);
}

Result<Bytes> serialized_now(const V2Object& object, const ops::PluginId& id, Diagnostics& diag) {
  const Call call(id, "serialize");
  const size_t size = object.base().getSerializationSize();
  if (size > kMostBytes) {
    return diag.fail(Code::Plugin, "getSerializationSize of plugin {} gives {} bytes", id.name,
                     size);
  }
  AlignedBuffer buffer(size + kZone);
  if (buffer.data() == nullptr) {
    return diag.fail(Code::OutOfMemory, "no memory for the {} bytes of plugin {}", size, id.name);
  }
  std::fill(buffer.bytes().begin(), buffer.bytes().end(), kPaint);
  object.base().serialize(buffer.data());
  const auto zone = buffer.bytes().last(kZone);
  const auto touched =
      std::find_if(zone.rbegin(), zone.rend(), [](std::byte one) { return one != kPaint; });
  if (touched != zone.rend()) {
    return diag.fail(Code::Plugin,
                     "serialize of plugin {} writes {} bytes, but getSerializationSize gives {}",
                     id.name, size + static_cast<size_t>(zone.rend() - touched), size);
  }
  const auto bytes = buffer.bytes().first(size);
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace tenon::plugin
