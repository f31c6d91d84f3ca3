// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What FlatBuffers expects of a file, where the safe library is compiled: a refusal, not an end.
#pragma once

namespace tenon::safe {

/// Something that FlatBuffers took for granted was not so; Engine looks whether it ever happened.
void note_broken_file() noexcept;

}  // namespace tenon::safe

/// In place of assert().
inline void tenon_flatbuffers_expect(bool expected) noexcept {
  if (!expected) tenon::safe::note_broken_file();
}
