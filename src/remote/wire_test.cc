// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Frames arrive whole or not at all.
#include "remote/wire.h"

#include <gtest/gtest.h>

#include "remote/remote_test.h"

namespace tenon::remote {
namespace {

using testing_tools::BytesChannel;

Bytes text_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Wire, CarriesFramesOfAnySize) {
  for (const size_t size : {size_t{0}, size_t{5}, size_t{3} << 20}) {
    const Bytes payload(size, std::byte{42});
    BytesChannel out({});
    ASSERT_TRUE(send(out, MessageKind::Time, payload).ok());
    EXPECT_EQ(out.written, pack_frame(MessageKind::Time, payload));
    BytesChannel in(out.written);
    const Received got = receive(in, 0);
    ASSERT_EQ(got.fault, FrameFault::None);
    EXPECT_EQ(got.frame.kind, MessageKind::Time);
    EXPECT_EQ(got.frame.payload, payload);
    EXPECT_EQ(receive(in, 0).fault, FrameFault::Closed);
  }
}

TEST(Wire, SeesEveryTruncationAndEveryFlippedBit) {
  const Bytes whole = pack_frame(MessageKind::Welcome, text_bytes("some payload"));
  for (size_t size = 0; size < whole.size(); ++size) {
    BytesChannel in(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    const FrameFault fault = receive(in, 0).fault;
    EXPECT_TRUE(fault == FrameFault::Closed || (size < 4 && fault == FrameFault::Foreign)) << size;
  }
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    BytesChannel in(flipped);
    EXPECT_NE(receive(in, 0).fault, FrameFault::None) << "bit " << bit;
  }
}

TEST(Wire, QuotesWhatIsNoFrame) {
  BytesChannel in(text_bytes("Welcome to board!\nLast login: today, from a place far away"));
  const Received got = receive(in, 0);
  EXPECT_EQ(got.fault, FrameFault::Foreign);
  EXPECT_EQ(got.seen.substr(0, 17), "Welcome to board!");
}

TEST(Wire, NamesAnotherProtocol) {
  Bytes frame = pack_frame(MessageKind::Welcome, {});
  frame[4] = std::byte{9};
  BytesChannel in(frame);
  const Received got = receive(in, 0);
  EXPECT_EQ(got.fault, FrameFault::Protocol);
  EXPECT_EQ(got.protocol, 9);
}

TEST(Wire, TakesNoMoreThanIsAllowed) {
  BytesChannel in(pack_frame(MessageKind::Time, Bytes(100)));
  EXPECT_EQ(receive(in, 0, 99).fault, FrameFault::Damaged);
}

}  // namespace
}  // namespace tenon::remote
