// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Each mistake is told by its true cause first.
#include "plugin/resolve/explain.h"

#include <gtest/gtest.h>

#include "plugin/resolve/nearness.h"

namespace tenon::plugin {
namespace {

ops::ForeignRequest wish(std::string op, std::string version = "1", std::string name_space = "",
                         std::string domain = "") {
  ops::ForeignRequest request;
  request.node_name = "node7";
  request.op_type = std::move(op);
  request.version = std::move(version);
  request.name_space = std::move(name_space);
  request.domain = std::move(domain);
  return request;
}

Entry entry(std::string name, std::string version = "1", std::string name_space = "",
            CreatorKind kind = CreatorKind::V3One) {
  Entry made;
  made.id = {std::move(name), std::move(version), std::move(name_space)};
  made.kind = kind;
  made.library = "/opt/libpool.so";
  return made;
}

struct Mistake {
  const char* what;
  ops::ForeignRequest request;
  Surroundings around;
  Cause cause;
  const char* mend;
};

const std::vector<std::string_view> kBuiltins{"MaxPool", "Relu", "Conv"};

/// Something near the wish is registered, or an operator of that name exists.
std::vector<Mistake> near_misses() {
  return {
      {"version text",
       wish("MaxPoolPlugin", "1.0"),
       {{entry("MaxPoolPlugin")}, {}, {}, kBuiltins},
       Cause::WrongVersion,
       "plugin_version to \"1\""},
      {"namespace",
       wish("MaxPoolPlugin"),
       {{entry("MaxPoolPlugin", "1", "mine")}, {}, {}, kBuiltins},
       Cause::WrongNamespace,
       "plugin_namespace to \"mine\""},
      {"both",
       wish("MaxPoolPlugin", "2"),
       {{entry("MaxPoolPlugin", "1", "mine")}, {}, {}, kBuiltins},
       Cause::WrongVersionAndNamespace,
       "plugin_namespace to \"mine\""},
      {"domain is no namespace",
       wish("MaxPoolPlugin", "1", "", "acme"),
       {{entry("MaxPoolPlugin", "1", "mine")}, {}, {}, kBuiltins},
       Cause::WrongNamespace,
       "its domain is \"acme\""},
      {"misspelt plugin",
       wish("MaxPolPlugin"),
       {{entry("MaxPoolPlugin")}, {}, {}, kBuiltins},
       Cause::MisspeltName,
       "op_type to \"MaxPoolPlugin\""},
      {"case",
       wish("maxpoolplugin"),
       {{entry("MaxPoolPlugin")}, {}, {}, kBuiltins},
       Cause::MisspeltName,
       "\"MaxPoolPlugin\""},
      {"misspelt operator",
       wish("MaxPol"),
       {{}, {}, {}, kBuiltins},
       Cause::MisspeltOperator,
       "operator MaxPool is near"},
      {"native, absent",
       wish("LSTM"),
       {{entry("MaxPoolPlugin")}, {}, {}, kBuiltins},
       Cause::NativeMissing,
       "docs/coverage.md"},
      {"kind without a network",
       wish("MaxPoolPlugin"),
       {{entry("MaxPoolPlugin", "1", "", CreatorKind::Unknown)}, {}, {}, kBuiltins},
       Cause::WrongKind,
       "IPluginCreatorV3One"},
  };
}

/// Nothing near the wish is registered.
std::vector<Mistake> absences() {
  return {
      {"nothing loaded",
       wish("Frobnicate"),
       {{}, {}, {}, kBuiltins},
       Cause::NothingRegistered,
       "--dynamicPlugins"},
      {"dropped registrar",
       wish("Frobnicate"),
       {{entry("Other")}, {}, {}, kBuiltins},
       Cause::Unknown,
       "--whole-archive"},
      {"opened, not handed over",
       wish("Frobnicate"),
       {{}, {}, {"/opt/libfrob.so"}, kBuiltins},
       Cause::NotHandedOver,
       "--dynamicPlugins=/opt/libfrob.so"},
      {"refused library",
       wish("Frobnicate"),
       {{}, {"cannot open plugin library 'libfrob.so'"}, {}, kBuiltins},
       Cause::LoadRefused,
       "libfrob.so"},
  };
}

void expect_explained(const Mistake& mistake) {
  const Explanation why = explain_missing(mistake.request, mistake.around);
  EXPECT_EQ(why.cause, mistake.cause) << mistake.what << "\n" << why.text;
  EXPECT_NE(why.text.find(mistake.mend), std::string::npos) << mistake.what << "\n" << why.text;
  EXPECT_EQ(why.text.rfind("Node \"node7\"", 0), 0U) << why.text;
}

TEST(Explain, NamesTheTrueCauseFirst) {
  for (const Mistake& mistake : near_misses()) expect_explained(mistake);
  for (const Mistake& mistake : absences()) expect_explained(mistake);
}

TEST(Explain, ListsWhatIsRegisteredAndFromWhere) {
  const Explanation why = explain_missing(wish("Frob"), {{entry("Pool")}, {}, {}, {}});
  EXPECT_NE(why.text.find("name \"Pool\", version \"1\", namespace \"\" from /opt/libpool.so"),
            std::string::npos);
}

TEST(Explain, TellsLargeLibrariesInOneLineButForNearNames) {
  Surroundings around{{}, {}, {}, {}};
  for (const char* name : {"Anchors", "Boxes", "Crop", "Dice", "Ears", "Filter", "Gather"}) {
    around.registered.push_back(entry(name));
  }
  around.registered.push_back(entry("Pool"));
  around.registered.back().library = "/opt/libother.so";
  const std::string text = explain_missing(wish("Filtr"), around).text;
  EXPECT_NE(text.find("\n  name \"Filter\""), std::string::npos) << text;
  EXPECT_NE(text.find("/opt/libpool.so: 7 plugins (`tenon plugins` lists them)"),
            std::string::npos);
  EXPECT_NE(text.find("\n  name \"Pool\""), std::string::npos);
  EXPECT_EQ(text.find("Anchors"), std::string::npos);
}

TEST(Nearness, CountsSlips) {
  EXPECT_EQ(edit_distance("pool", "pool"), 0);
  EXPECT_EQ(edit_distance("pool", "Pool"), 1);
  EXPECT_EQ(edit_distance("pool", "polo"), 1);
  EXPECT_EQ(edit_distance("pool", "pol"), 1);
  EXPECT_TRUE(near("MaxPoolPlugin", "MaxPoolPlugn"));
  EXPECT_TRUE(near("MaxPoolPlugin_TRT", "MaxPoolPlugin"));
  EXPECT_FALSE(near("Relu", "Conv"));
}

TEST(Standard, KnowsTheOperatorsOfOnnx) {
  EXPECT_TRUE(is_standard_operator("LSTM"));
  EXPECT_TRUE(is_standard_operator("Abs"));
  EXPECT_TRUE(is_standard_operator("Xor"));
  EXPECT_FALSE(is_standard_operator("MaxPoolPlugin"));
}

}  // namespace
}  // namespace tenon::plugin
