// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The target describes this machine and names what it lacks.
#include "device/target.h"

#include <gtest/gtest.h>

#include "device/isa.h"
#include "device/stream.h"
#include "device/tiles.h"

namespace tenon::device {
namespace {

TEST(Target, DescribesThisMachine) {
  const Target& target = local_target();
  EXPECT_GE(target.cores, 1);
  EXPECT_FALSE(target.name.empty());
  EXPECT_NE(target.fingerprint().find(target.name), std::string::npos);
}

TEST(Target, NamesWhatItLacks) {
  Target target;
  target.isa = 1U << static_cast<unsigned>(Isa::Avx2);
  const uint32_t needed = target.isa | 1U << static_cast<unsigned>(Isa::Avx512Vnni);
  EXPECT_EQ(missing_isa(needed, target), "avx512_vnni");
  EXPECT_TRUE(missing_isa(target.isa, target).empty());
}

TEST(Target, PortableOnesAskForNoMoreThanAvx2) {
  const Target portable = portable_target();
  EXPECT_TRUE(portable.portable);
  EXPECT_FALSE(portable.has(Isa::Avx512));
  EXPECT_EQ(missing_isa(portable.isa, local_target()), "");
  EXPECT_EQ(portable.has(Isa::Avx2), local_target().has(Isa::Avx2));
  EXPECT_NE(portable.fingerprint(), local_target().fingerprint());
}

TEST(Target, KernelsOfAnotherMachineAreLookedAtInAScope) {
  const uint32_t here = usable_isa();
  EXPECT_EQ(here, local_target().isa);
  {
    const IsaScope outer(isa_bit(Isa::Neon));
    EXPECT_EQ(usable_isa(), isa_bit(Isa::Neon));
    {
      const IsaScope inner(0);
      EXPECT_EQ(usable_isa(), 0U);
    }
    EXPECT_EQ(usable_isa(), isa_bit(Isa::Neon));
  }
  EXPECT_EQ(usable_isa(), here);
}

TEST(Stream, TakesTheDefaultHandlesAndRefusesOthers) {
  Stream stream;
  EXPECT_TRUE(Stream::from_handle(nullptr, stream).ok());
  EXPECT_TRUE(Stream::from_handle(reinterpret_cast<void*>(2), stream).ok());
  int somebody_elses = 0;
  EXPECT_EQ(Stream::from_handle(&somebody_elses, stream).code, Code::Unsupported);
}

TEST(Target, NamesTilesOnlyWhereTheSystemGivesThem) {
  const bool named = local_target().has(Isa::Amx);
  EXPECT_TRUE(!named || tiles_are_offered());
  EXPECT_TRUE(!named || allow_tiles()) << "kernels that rely on tiles would not run";
}

}  // namespace
}  // namespace tenon::device
