// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking creators.
#include "tools/tenon/plugins.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "NvInfer.h"

namespace tenon::command {

namespace {

using nvinfer1::PluginFieldType;

/// What creators of either kind tell.
struct Creator {
  std::string kind, name, version, name_space;
  const nvinfer1::PluginFieldCollection* fields = nullptr;
};

std::string text(const char* value) { return value == nullptr ? "" : value; }

template <class Kind>
Creator ask(nvinfer1::IPluginCreatorInterface& creator, const char* kind) {
  auto& known = static_cast<Kind&>(creator);
  return {kind, text(known.getPluginName()), text(known.getPluginVersion()),
          text(known.getPluginNamespace()), known.getFieldNames()};
}

Creator ask(nvinfer1::IPluginCreatorInterface& creator) {
  const std::string kind = text(creator.getInterfaceInfo().kind);
  if (kind == "PLUGIN CREATOR_V1") return ask<nvinfer1::IPluginCreator>(creator, "V2");
  if (kind == "PLUGIN CREATOR_V3ONE") return ask<nvinfer1::IPluginCreatorV3One>(creator, "V3");
  return {kind, "(of a kind this program cannot ask)", "", "", nullptr};
}

/// Path of the library that has the creator's code.
std::string library_of(nvinfer1::IPluginCreatorInterface& creator) {
  // The first word of an object is the address of its virtual table.
  const void* methods = *reinterpret_cast<const void* const*>(&creator);
  Dl_info info{};
  if (::dladdr(methods, &info) == 0 || info.dli_fname == nullptr) return "the program itself";
  return info.dli_fname;
}

const char* type_name(PluginFieldType type) {
  switch (type) {
    case PluginFieldType::kFLOAT16:
      return "float16";
    case PluginFieldType::kFLOAT32:
      return "float32";
    case PluginFieldType::kFLOAT64:
      return "float64";
    case PluginFieldType::kINT8:
      return "int8";
    case PluginFieldType::kINT16:
      return "int16";
    case PluginFieldType::kINT32:
      return "int32";
    case PluginFieldType::kINT64:
      return "int64";
    case PluginFieldType::kCHAR:
      return "char";
    case PluginFieldType::kDIMS:
      return "dims";
    default:
      return "bytes";
  }
}

void print(const Creator& creator) {
  std::printf("  %s version \"%s\" namespace \"%s\", %s", creator.name.c_str(),
              creator.version.c_str(), creator.name_space.c_str(), creator.kind.c_str());
  const int32_t count = creator.fields == nullptr ? 0 : creator.fields->nbFields;
  for (int32_t i = 0; i < count; ++i) {
    const nvinfer1::PluginField& field = creator.fields->fields[i];
    std::printf("%s%s %s", i == 0 ? ": " : ", ", text(field.name).c_str(), type_name(field.type));
  }
  std::putchar('\n');
}

}  // namespace

int plugins(const PluginsArguments& arguments) {
  Logger logger(false);
  // The registry reports to the logger of the process, which is that of the first runtime.
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(logger));
  if (!load_plugins(arguments.libraries, logger)) return EXIT_FAILURE;
  int32_t count = 0;
  auto* const* all = getPluginRegistry()->getAllCreators(&count);
  std::string last;
  bool any = false;
  for (int32_t i = 0; i < count; ++i) {
    const Creator creator = ask(*all[i]);
    if (creator.name.find(arguments.name) == std::string::npos) continue;
    const std::string library = library_of(*all[i]);
    if (!any || library != last) std::printf("%s\n", library.c_str());
    last = library;
    any = true;
    print(creator);
  }
  if (!any)
    std::fprintf(stderr, "no plugin is registered that has \"%s\" in its name\n",
                 arguments.name.c_str());
  return any ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace tenon::command
