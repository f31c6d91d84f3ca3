// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Packing and checking frames.
#include "remote/wire.h"

#include <algorithm>

#include "base/hash.h"

namespace tenon::remote {

namespace {

constexpr uint32_t kMagic = 0x314e5254;  // "TRN1"
constexpr size_t kHeader = 4 + 2 + 2 + 8 + 8;
constexpr size_t kPiece = size_t{1} << 20;

FrameFault fault_of(const Status& status) {
  return status.what == kSilent.what ? FrameFault::Silent : FrameFault::Lost;
}

/// Reads exactly `count` more bytes, as far as they come.
FrameFault fill(Channel& channel, int timeout_ms, uint64_t count, Bytes& out) {
  FrameFault fault = FrameFault::None;
  size_t filled = out.size();
  while (count > 0 && fault == FrameFault::None) {
    if (filled == out.size()) {
      out.resize(filled + static_cast<size_t>(std::min<uint64_t>(count, kPiece)));
    }
    const auto got = channel.read(std::span(out).subspan(filled), timeout_ms);
    if (!got.ok()) {
      fault = fault_of(got.status());
    } else if (*got == 0) {
      fault = FrameFault::Closed;
    } else {
      filled += *got;
      count -= *got;
    }
  }
  out.resize(filled);
  return fault;
}

std::string printable(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte one : bytes.first(std::min<size_t>(bytes.size(), 120))) {
    const auto letter = static_cast<char>(one);
    text += letter >= 0x20 && letter < 0x7f ? letter : ' ';
  }
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

Bytes pack_header(MessageKind kind, std::span<const std::byte> payload) {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kProtocol);
  writer.put(kind);
  writer.put(uint64_t{payload.size()});
  writer.put(hash64(payload, static_cast<uint64_t>(kind)));
  return std::move(writer).bytes();
}

}  // namespace

Bytes pack_frame(MessageKind kind, std::span<const std::byte> payload) {
  Bytes frame = pack_header(kind, payload);
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

Status send(Channel& channel, MessageKind kind, std::span<const std::byte> payload) {
  const Bytes header = pack_header(kind, payload);
  if (payload.size() >= kPiece) {  // not copied
    TENON_TRY(channel.write(header));
    return channel.write(payload);
  }
  return channel.write(pack_frame(kind, payload));
}

Received receive(Channel& channel, int timeout_ms, uint64_t most) {
  Received out;
  Bytes header;
  out.fault = fill(channel, timeout_ms, kHeader, header);
  ByteReader reader(header);
  const bool foreign = header.size() >= 4 ? reader.take<uint32_t>() != kMagic : !header.empty();
  if (foreign) {
    // A little more of what is said, where it comes at once.
    constexpr int kMoment = 100;
    if (out.fault == FrameFault::None) (void)fill(channel, kMoment, 120 - kHeader, header);
    out.fault = FrameFault::Foreign;
    out.seen = printable(header);
  }
  if (out.fault != FrameFault::None) return out;
  out.protocol = reader.take<uint16_t>();
  const auto kind = reader.take<uint16_t>();
  const auto length = reader.take<uint64_t>(), checksum = reader.take<uint64_t>();
  if (out.protocol != kProtocol) {
    out.fault = FrameFault::Protocol;
  } else if (kind == 0 || kind > kLastMessageKind || length > most) {
    out.fault = FrameFault::Damaged;
  }
  if (out.fault != FrameFault::None) return out;
  out.frame.kind = static_cast<MessageKind>(kind);
  out.fault = fill(channel, timeout_ms, length, out.frame.payload);
  if (out.fault == FrameFault::None && hash64(out.frame.payload, kind) != checksum) {
    out.fault = FrameFault::Damaged;
  }
  return out;
}

}  // namespace tenon::remote
