// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Greeting, asking, and what to do when nobody answers.
#include "remote/session.h"

#include "base/bytes.h"

namespace tenon::remote {

namespace {

/// Worth another connection: what failed was the way, not the request.
bool is_loss(const Status& status) { return status.code == Code::Io; }

std::string one_line(std::string text) {
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r') letter = ' ';
  }
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

Session::Session(Options options, Connect connect)
    : options_(std::move(options)), connect_(std::move(connect)) {}

Session::~Session() {
  if (channel_ != nullptr) (void)send(*channel_, MessageKind::Bye, {});
}

void Session::pass_on_remarks(Diagnostics& diag) {
  std::string text = channel_->take_remarks();
  if (text.empty()) return;
  remarks_ = one_line(text);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) diag.info("{}: worker: {}", options_.where, text.substr(at, end - at));
    at = end + 1;
  }
}

Status Session::explain(const Received& received, Diagnostics& diag) {
  const std::string& where = options_.where;
  switch (received.fault) {
    case FrameFault::None:
      return {};
    case FrameFault::Silent:
      return diag.fail(Code::Io, "{}: nothing was heard of the worker for {} s", where,
                       options_.timeout_s);
    case FrameFault::Foreign:
      return diag.fail(Code::InvalidArgument,
                       "{}: what answers is no worker of this library: it says \"{}\"; a shell "
                       "there may greet logins without a terminal: make it silent",
                       where, received.seen);
    case FrameFault::Protocol:
      return diag.fail(Code::InvalidArgument,
                       "{}: the worker speaks version {} of the protocol, this library version {}: "
                       "put the worker of this library's version there",
                       where, received.protocol, kProtocol);
    case FrameFault::Damaged:
      return diag.fail(Code::Io, "{}: what the worker sent arrived damaged", where);
    case FrameFault::Closed:
    case FrameFault::Lost:
      break;
  }
  const int status = received.fault == FrameFault::Closed ? channel_->exit_status() : -1;
  pass_on_remarks(diag);
  constexpr int kNotExecutable = 126, kNotThere = 127;
  if (status == kNotThere || status == kNotExecutable) {
    return diag.fail(Code::NotFound,
                     "{}: the worker did not start: {}; remote_exec_path is the folder of "
                     "tenon-tune-worker on that machine, remote_lib_path that of libtenon.so",
                     where, remarks_.empty() ? options_.start : remarks_);
  }
  return diag.fail(Code::Io, "{}: the worker is gone{}{}", where,
                   status > 0 ? fmt::format(" (it ended with {})", status) : "",
                   remarks_.empty() ? "" : "; its last words: " + remarks_);
}

Result<Frame> Session::await(MessageKind wanted, Diagnostics& diag) {
  while (true) {
    constexpr int kMilliseconds = 1000;
    Received received = receive(*channel_, options_.timeout_s * kMilliseconds);
    pass_on_remarks(diag);
    TENON_TRY(explain(received, diag));
    if (received.frame.kind == MessageKind::Busy) continue;
    if (received.frame.kind == wanted) return std::move(received.frame);
    if (received.frame.kind == MessageKind::Refusal) {
      return diag.fail(Code::Unsupported, "{}: {}", options_.where,
                       read_text(received.frame.payload));
    }
    return diag.fail(Code::Internal, "{}: the worker sent a message out of turn", options_.where);
  }
}

Status Session::connect(Diagnostics& diag) {
  channel_.reset();
  announced_.clear();
  TENON_ASSIGN(channel_, connect_(diag));
  const Status sent =
      send(*channel_, MessageKind::Hello, pack(Hello{options_.version, options_.plugins}));
  (void)sent;  // A worker that did not start is explained by what comes back.
  TENON_ASSIGN(const Frame frame, await(MessageKind::Welcome, diag));
  auto welcome = read_welcome(frame.payload);
  if (!welcome) {
    return diag.fail(Code::Internal, "{}: the worker's greeting makes no sense", options_.where);
  }
  if (welcome->version != options_.version) {
    return diag.fail(Code::InvalidArgument,
                     "{}: the worker there is of Tenon {}, this library of {}: kernels of one "
                     "would be timed for the other; put the worker of this version there",
                     options_.where, welcome->version, options_.version);
  }
  if (greeted_ && !(welcome->target == welcome_.target)) {
    return diag.fail(Code::InvalidArgument,
                     "{}: connected once more, it is another machine: [{}] in the place of [{}]",
                     options_.where, welcome->target.fingerprint(), welcome_.target.fingerprint());
  }
  welcome_ = *std::move(welcome);
  greeted_ = true;
  return {};
}

Status Session::open(Diagnostics& diag) {
  const Status status = connect(diag);
  if (!status.ok()) channel_.reset();
  return status;
}

Status Session::deliver(MessageKind kind, std::span<const std::byte> payload, Diagnostics& diag) {
  if (send(*channel_, kind, payload).ok()) return {};
  return explain({FrameFault::Lost, {}, {}, 0}, diag);
}

Status Session::announce(std::span<const tune::Trial* const> trials, Diagnostics& diag) {
  std::vector<PluginWish> wishes;
  for (const tune::Trial* trial : trials) {
    const kernel::Record& record = *trial->record;
    // Code inside the record needs no library.
    if (!record.id.family.starts_with("plugin.") || record.id.family == "plugin.aot") continue;
    PluginWish wish{record.plugin_library, record.id.family, record.id.name, record.plugin_version,
                    record.plugin_namespace};
    if (announced_.insert(wish).second) wishes.push_back(std::move(wish));
  }
  if (wishes.empty()) return {};
  TENON_TRY(deliver(MessageKind::Libraries, pack(wishes), diag));
  return await(MessageKind::Ready, diag).status();
}

Result<std::vector<tune::Timing>> Session::exchange(std::span<const tune::Trial* const> trials,
                                                    std::span<const std::byte> request,
                                                    Diagnostics& diag) {
  if (channel_ == nullptr) TENON_TRY(connect(diag));
  TENON_TRY(announce(trials, diag));
  TENON_TRY(deliver(MessageKind::Time, request, diag));
  TENON_ASSIGN(const Frame frame, await(MessageKind::Timings, diag));
  auto timings = read_timings(frame.payload, trials.size());
  if (timings) return *std::move(timings);
  return diag.fail(Code::Internal, "{}: the worker's times make no sense", options_.where);
}

Result<std::vector<tune::Timing>> Session::time(std::span<const tune::Trial* const> trials,
                                                const tune::Effort& effort, Diagnostics& diag) {
  const Bytes request = pack_request(trials, effort);
  CollectingSink said;
  Diagnostics quiet(said);
  auto timings = exchange(trials, request, quiet);
  if (timings.ok()) {
    for (const auto& entry : said.entries)
      diag.sink().report(entry.severity, entry.code, entry.text);
    return timings;
  }
  channel_.reset();
  const std::string node = trials.empty() ? std::string() : trials[0]->name;
  const std::string why = one_line(said.errors());
  if (!is_loss(timings.status())) {
    return diag.fail(timings.status().code, "{} (while node \"{}\" was timed)", why, node);
  }
  diag.warn("{} (while node \"{}\" was timed); connecting once more", why, node);
  timings = exchange(trials, request, diag);
  if (timings.ok()) return timings;
  channel_.reset();
  return diag.fail(timings.status().code,
                   "{}: node \"{}\" was not timed, after a second connection too: the build ends",
                   options_.where, node);
}

}  // namespace tenon::remote
