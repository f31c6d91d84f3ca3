// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A version 2 plugin of any family, owned.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "NvInferRuntime.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "ops/foreign.h"
#include "plugin/registry/hold.h"

namespace tenon::plugin {

/// Numbers as in the top byte of getTensorRTVersion().
enum class V2Family : uint8_t { Plain, Ext, IOExt, DynamicExt };
/// "IPluginV2", "IPluginV2Ext", …
std::string_view to_string(V2Family family) noexcept;

/// Owns a plugin, which is freed with its destroy(). Move-only. The families derive from each other
/// but for the last two: io() and dynamic() are null for others.
class V2Object {
 public:
  /// Takes `plugin` over, which may be null; fails, saying `what` gave it, when it is null or of an
  /// unknown family.
  static Result<V2Object> open(nvinfer1::IPluginV2* plugin, std::string_view what,
                               Diagnostics& diag);
  /// A clone; thread-safe as the plugin's clone() is.
  Result<V2Object> clone(Diagnostics& diag) const;

  [[nodiscard]] V2Family family() const noexcept { return family_; }
  [[nodiscard]] nvinfer1::IPluginV2& base() const noexcept { return *plugin_; }
  /// Null for IPluginV2.
  [[nodiscard]] nvinfer1::IPluginV2Ext* ext() const noexcept;
  [[nodiscard]] nvinfer1::IPluginV2IOExt* io() const noexcept;
  [[nodiscard]] nvinfer1::IPluginV2DynamicExt* dynamic() const noexcept;

  /// Type, version and namespace that it answers; null counts as "".
  static ops::PluginId id_of(const nvinfer1::IPluginV2& plugin);
  /// Tells the plugin its namespace. Plugins may keep the pointer: the text lives as long as the
  /// process.
  void set_namespace(const std::string& name_space);

 private:
  struct Destroy {
    void operator()(nvinfer1::IPluginV2* plugin) const noexcept { plugin->destroy(); }
  };
  V2Object(nvinfer1::IPluginV2* plugin, V2Family family);

  LibraryHold hold_;  ///< of the plugin's code
  std::unique_ptr<nvinfer1::IPluginV2, Destroy> plugin_;
  V2Family family_;
};

}  // namespace tenon::plugin
