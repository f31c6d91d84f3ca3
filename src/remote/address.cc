// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The grammar, piece by piece.
#include "remote/address.h"

#include <charconv>
#include <cstring>

namespace tenon::remote {

namespace {

constexpr std::string_view kForm =
    "ssh://user[:password]@host[:port]?remote_exec_path=DIR&remote_lib_path=DIR";

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char small = static_cast<char>(letter | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// Gives the decoded characters to `take`; false for a bad percent sign or a control character.
template <class Take>
bool decode(std::string_view text, Take take) {
  for (size_t i = 0; i < text.size(); ++i) {
    int letter = static_cast<unsigned char>(text[i]);
    if (letter == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      letter = high * 16 + low;
      i += 2;
    }
    if (letter < 0x20 || letter == 0x7f) return false;
    take(static_cast<char>(letter));
  }
  return true;
}

/// Reads one address. Failures name the part, never its text where that may be secret.
class Reader {
 public:
  Reader(Addresses& out, Address& address, const Ask& ask, Diagnostics& diag)
      : out_(out), address_(address), ask_(ask), diag_(diag) {}

  Status read(std::string_view text) {
    const size_t scheme = text.find("://");
    if (scheme == text.npos) {
      return refuse("it has no \"://\"");
    }
    if (text.substr(0, scheme) != "ssh") {
      return refuse(
          fmt::format("protocol \"{}\" is not known: ssh and replay are", text.substr(0, scheme)));
    }
    text.remove_prefix(scheme + 3);
    const size_t question = text.find('?');
    const std::string_view authority = text.substr(0, question);
    TENON_TRY(read_authority(authority));
    if (question != text.npos) TENON_TRY(read_parameters(text.substr(question + 1)));
    if (address_.exec_path.empty()) return refuse("parameter remote_exec_path is missing");
    if (address_.lib_path.empty()) return refuse("parameter remote_lib_path is missing");
    if (address_.password.view() != "PROMPT") return {};
    TENON_ASSIGN(
        address_.password,
        ask_(fmt::format("Password of {} on {}: ", address_.user, address_.name()), diag_));
    return {};
  }

 private:
  Status refuse(std::string_view why) {
    return diag_.fail(Code::InvalidArgument,
                      "the remote tuning configuration is refused: {}; it is written {}", why,
                      kForm);
  }

  Status read_authority(std::string_view authority) {
    const size_t at = authority.find('@');
    if (at != authority.rfind('@')) {
      return refuse("there are several '@' before the host: write %40 within user or password");
    }
    if (at != authority.npos) TENON_TRY(read_login(authority.substr(0, at)));
    std::string_view place = authority.substr(at == authority.npos ? 0 : at + 1);
    if (!place.empty() && place.back() == '/') place.remove_suffix(1);
    return read_place(place);
  }

  Status read_login(std::string_view login) {
    const size_t colon = login.find(':');
    if (!decode(login.substr(0, colon), [&](char c) { address_.user += c; }) ||
        address_.user.empty()) {
      return refuse("the user's name is empty or has a wrong percent code");
    }
    if (colon == login.npos) return {};
    if (!decode(login.substr(colon + 1), [&](char c) { address_.password.append(c); }) ||
        address_.password.empty()) {
      return refuse(
          "the password is empty or has a wrong percent code: a '%' itself is written %25");
    }
    return {};
  }

  Status read_place(std::string_view place) {
    size_t colon = place.rfind(':');
    if (place.starts_with('[')) {  // a number of IPv6, which has colons of its own
      const size_t close = place.find(']');
      if (close == place.npos) return refuse("the host begins with '[', but has no ']'");
      address_.host = place.substr(1, close - 1);
      colon = close + 1 < place.size() ? close + 1 : place.npos;
      if (colon != place.npos && place[colon] != ':') {
        return refuse("after ']' only ':' and a port may follow");
      }
    } else {
      if (colon != place.find(':')) return refuse("a host with colons is written in brackets");
      address_.host = place.substr(0, colon);
    }
    if (address_.host.empty()) return refuse("the host is missing");
    if (address_.host.front() == '-' ||
        address_.host.find_first_of(" /%#\\\"'`$") != std::string::npos) {
      return refuse("the host's name has a character that no host's name has");
    }
    if (colon == place.npos) return {};
    if (!number(place.substr(colon + 1), 65535, address_.port)) {
      return refuse("the port is no number from 1 to 65535");
    }
    return {};
  }

  static bool number(std::string_view text, int most, int& out) {
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    return read.ec == std::errc() && read.ptr == end && out >= 1 && out <= most;
  }

  Status read_parameters(std::string_view text) {
    std::vector<std::string_view> seen;
    while (!text.empty()) {
      const size_t next = text.find('&');
      const std::string_view one = text.substr(0, next);
      text.remove_prefix(next == text.npos ? text.size() : next + 1);
      const size_t equals = one.find('=');
      const std::string_view name = one.substr(0, equals);
      for (const std::string_view other : seen) {
        if (other == name) return refuse(fmt::format("parameter {} is given twice", name));
      }
      seen.push_back(name);
      std::string value;
      if (equals == one.npos || !decode(one.substr(equals + 1), [&](char c) { value += c; }) ||
          value.empty()) {
        return refuse(
            fmt::format("parameter {} has no value, or one with a wrong percent code", name));
      }
      TENON_TRY(keep(name, std::move(value)));
    }
    return {};
  }

  Status keep(std::string_view name, std::string value) {
    struct Row {
      std::string_view name;
      std::string* text;
    };
    const Row rows[] = {
        {"remote_exec_path", &address_.exec_path}, {"remote_lib_path", &address_.lib_path},
        {"identity", &address_.identity},          {"known_hosts", &address_.known_hosts},
        {"ssh_config", &address_.ssh_config},      {"record", &out_.record}};
    for (const Row& row : rows) {
      if (row.name == name) return *row.text = std::move(value), Status{};
    }
    if (name == "timeout") {
      if (number(value, 86400, address_.timeout_s)) return {};
      return refuse("timeout is no number of seconds from 1 to 86400");
    }
    if (name != "plugins") {
      return refuse(fmt::format(
          "parameter \"{}\" is not known: known are remote_exec_path, remote_lib_path, timeout, "
          "identity, known_hosts, ssh_config, plugins and record",
          name));
    }
    for (size_t at = 0; at <= value.size();) {
      const size_t comma = std::min(value.find(',', at), value.size());
      const std::string file = value.substr(at, comma - at);
      if (file.empty() || file.find('/') != std::string::npos) {
        return refuse("plugins lists file names without folders, separated by commas");
      }
      address_.plugins.push_back(file);
      at = comma + 1;
    }
    return {};
  }

  Addresses& out_;
  Address& address_;
  const Ask& ask_;
  Diagnostics& diag_;
};

}  // namespace

std::string Address::name() const { return port == 0 ? host : fmt::format("{}:{}", host, port); }

Result<Addresses> read_addresses(std::string_view text, const Ask& ask, Diagnostics& diag) {
  constexpr std::string_view kReplay = "replay://";
  Addresses out;
  if (text.starts_with(kReplay)) {
    if (!decode(text.substr(kReplay.size()), [&](char c) { out.replay += c; }) ||
        out.replay.empty()) {
      return diag.fail(Code::InvalidArgument,
                       "the remote tuning configuration is refused: replay:// names no file");
    }
    return out;
  }
  while (true) {
    const size_t end = text.find(';');
    Address address;
    TENON_TRY(Reader(out, address, ask, diag).read(text.substr(0, end)));
    out.machines.push_back(std::move(address));
    if (end == text.npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::string hide_credentials(std::string_view text) {
  constexpr std::string_view kMark = "://";
  std::string shown;
  while (true) {
    const size_t begin = text.find(kMark);
    if (begin == text.npos) return shown.append(text);
    shown.append(text.substr(0, begin + kMark.size()));
    text.remove_prefix(begin + kMark.size());
    // The last '@' of this address: one that was forgotten to be encoded may stand in a password.
    const size_t at = text.substr(0, text.find(kMark)).rfind('@');
    if (at == text.npos) continue;
    shown.append("***");
    text.remove_prefix(at);
  }
}

}  // namespace tenon::remote
