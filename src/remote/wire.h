// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Frames: what travels between builder and worker, one message each.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "remote/channel.h"

namespace tenon::remote {

/// Raised whenever a message changes.
inline constexpr uint16_t kProtocol = 1;
/// No message is greater, in bytes: packed weights of one call and those that overstep its limit.
inline constexpr uint64_t kMostPayload = uint64_t{4} << 30;

enum class MessageKind : uint16_t {
  Hello = 1,      ///< builder: versions, plugin libraries
  Welcome = 2,    ///< worker: versions, its machine
  Libraries = 3,  ///< builder: plugins that the next request needs
  Ready = 4,      ///< worker: they are there
  Time = 5,       ///< builder: trials
  Timings = 6,    ///< worker: their times
  Busy = 7,       ///< worker: it lives
  Refusal = 8,    ///< worker: why it does not do what it was asked
  Bye = 9,        ///< builder: the end
};
inline constexpr uint16_t kLastMessageKind = 9;

struct Frame {
  MessageKind kind = MessageKind::Bye;
  Bytes payload;
};

/// Why no frame came.
enum class FrameFault : uint8_t {
  None,
  Closed,    ///< the other side closed before a frame began, or within one
  Silent,    ///< nothing in time
  Lost,      ///< the connection broke
  Foreign,   ///< what came is no frame: `seen` says how it begins
  Protocol,  ///< a frame of another version of the protocol
  Damaged,   ///< too great, of unknown kind, or with a wrong checksum
};

struct Received {
  FrameFault fault = FrameFault::None;
  Frame frame;
  std::string seen;       ///< Foreign: the first characters, made printable
  uint16_t protocol = 0;  ///< Protocol: which
};

/// The bytes of a frame: magic, version, kind, length, checksum of the payload, payload.
Bytes pack_frame(MessageKind kind, std::span<const std::byte> payload);

/// Sends one.
Status send(Channel& channel, MessageKind kind, std::span<const std::byte> payload);

/// Waits for one. `timeout_ms` counts from the last byte that came. Hostile bytes are never
/// trusted: memory grows with what really comes.
Received receive(Channel& channel, int timeout_ms, uint64_t most = kMostPayload);

}  // namespace tenon::remote
