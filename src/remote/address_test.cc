// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is read of addresses, what is refused, and what people are shown.
#include "remote/address.h"

#include <gtest/gtest.h>

#include <fstream>

namespace tenon::remote {
namespace {

Result<Secret> nobody(const std::string& question, Diagnostics& diag) {
  return diag.fail(Code::NotFound, "nobody answers \"{}\"", question);
}

/// What is said of a text that is refused.
std::string refusal(std::string_view text) {
  CollectingSink said;
  Diagnostics diag(said);
  EXPECT_FALSE(read_addresses(text, nobody, diag).ok()) << text;
  return said.errors();
}

constexpr const char* kPaths = "remote_exec_path=/opt/bin&remote_lib_path=/opt/lib";

TEST(Address, ReadsEverything) {
  CollectingSink said;
  Diagnostics diag(said);
  const auto all = read_addresses(
      "ssh://an%40na:pa%3Ass%25@board.local:2222?remote_exec_path=/opt/my%20bin&"
      "remote_lib_path=/opt/lib&timeout=7&identity=/k/id&known_hosts=/k/hosts&ssh_config=/k/config&"
      "plugins=liba.so,libb.so&record=/tmp/a.session",
      nobody, diag);
  ASSERT_TRUE(all.ok()) << said.errors();
  ASSERT_EQ(all->machines.size(), 1U);
  const Address& one = all->machines[0];
  EXPECT_EQ(one.user, "an@na");
  EXPECT_EQ(one.password.view(), "pa:ss%");
  EXPECT_EQ(one.host, "board.local");
  EXPECT_EQ(one.port, 2222);
  EXPECT_EQ(one.name(), "board.local:2222");
  EXPECT_EQ(one.exec_path, "/opt/my bin");
  EXPECT_EQ(one.lib_path, "/opt/lib");
  EXPECT_EQ(one.timeout_s, 7);
  EXPECT_EQ(one.identity, "/k/id");
  EXPECT_EQ(one.known_hosts, "/k/hosts");
  EXPECT_EQ(one.ssh_config, "/k/config");
  EXPECT_EQ(one.plugins, (std::vector<std::string>{"liba.so", "libb.so"}));
  EXPECT_EQ(all->record, "/tmp/a.session");
}

TEST(Address, LeavesOutWhatIsNotGiven) {
  CollectingSink said;
  Diagnostics diag(said);
  const auto all = read_addresses(
      fmt::format("ssh://board?{};ssh://me@[fe80::1]:22/?{}", kPaths, kPaths), nobody, diag);
  ASSERT_TRUE(all.ok()) << said.errors();
  ASSERT_EQ(all->machines.size(), 2U);
  EXPECT_TRUE(all->machines[0].user.empty());
  EXPECT_EQ(all->machines[0].port, 0);
  EXPECT_EQ(all->machines[0].name(), "board");
  EXPECT_EQ(all->machines[1].host, "fe80::1");
  EXPECT_EQ(all->machines[1].port, 22);
  const auto replay = read_addresses("replay:///tmp/a%20b", nobody, diag);
  ASSERT_TRUE(replay.ok());
  EXPECT_EQ(replay->replay, "/tmp/a b");
}

TEST(Address, NamesEveryFaultAndNoSecret) {
  const struct {
    std::string text, says;
  } cases[] = {
      {"board", "no \"://\""},
      {"http://u:hush@h?a=b", "protocol \"http\""},
      {"ssh://u:hush@h", "remote_exec_path is missing"},
      {"ssh://u:hush@h?remote_exec_path=/a", "remote_lib_path is missing"},
      {fmt::format("ssh://u:hu@sh@h?{}", kPaths), "%40"},
      {fmt::format("ssh://u:hush%2@h?{}", kPaths), "percent"},
      {fmt::format("ssh://u:@h?{}", kPaths), "password is empty"},
      {fmt::format("ssh://:hush@h?{}", kPaths), "user's name is empty"},
      {fmt::format("ssh://u:hush@?{}", kPaths), "host is missing"},
      {fmt::format("ssh://u:hush@-oProxy?{}", kPaths), "character"},
      {fmt::format("ssh://u:hush@h:0?{}", kPaths), "port"},
      {fmt::format("ssh://u:hush@h:65536?{}", kPaths), "port"},
      {fmt::format("ssh://u:hush@h:1:2?{}", kPaths), "brackets"},
      {fmt::format("ssh://u:hush@[::1?{}", kPaths), "']'"},
      {fmt::format("ssh://u:hush@h?{}&timeout=0", kPaths), "timeout"},
      {fmt::format("ssh://u:hush@h?{}&colour=red", kPaths), "\"colour\" is not known"},
      {fmt::format("ssh://u:hush@h?{}&timeout=1&timeout=2", kPaths), "given twice"},
      {fmt::format("ssh://u:hush@h?{}&identity=", kPaths), "identity has no value"},
      {fmt::format("ssh://u:hush@h?{}&identity=a%0ab", kPaths), "identity has no value"},
      {fmt::format("ssh://u:hush@h?{}&plugins=../evil.so", kPaths), "without folders"},
      {fmt::format("ssh://u:hush@h?{};", kPaths), "no \"://\""},
      {fmt::format("ssh://u:PROMPT@h?{}", kPaths), "nobody answers"},
      {"replay://", "names no file"},
  };
  for (const auto& one : cases) {
    const std::string said = refusal(one.text);
    EXPECT_NE(said.find(one.says), std::string::npos) << one.text << ": " << said;
    EXPECT_EQ(said.find("hush"), std::string::npos) << said;
  }
}

TEST(Address, AsksForThePassword) {
  CollectingSink said;
  Diagnostics diag(said);
  const auto all = read_addresses(
      fmt::format("ssh://me:PROMPT@board:22?{}", kPaths),
      [](const std::string& question, Diagnostics&) -> Result<Secret> {
        EXPECT_EQ(question, "Password of me on board:22: ");
        return Secret("typed");
      },
      diag);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->machines[0].password.view(), "typed");
}

TEST(Address, HidesCredentials) {
  const struct {
    const char *text, *shown;
  } cases[] = {
      {"ssh://u:p@h:22?a=b", "ssh://***@h:22?a=b"},
      {"ssh://u@h", "ssh://***@h"},
      {"ssh://h?a=b", "ssh://h?a=b"},
      {"no address", "no address"},
      {"u:p@h", "u:p@h"},
      {"ssh://u:p@x@h", "ssh://***@h"},
      {"--remoteAutoTuningConfig=ssh://u:p@h;ssh://v:q@i",
       "--remoteAutoTuningConfig=ssh://***@h;ssh://***@i"},
  };
  for (const auto& one : cases) EXPECT_EQ(hide_credentials(one.text), one.shown);
}

}  // namespace
}  // namespace tenon::remote
