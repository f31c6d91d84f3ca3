// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions whose names tell the format. As types.inl, and HOSTCUDA_WORD is that name: half or
// bfloat16.

#define HOSTCUDA_PASTE2(a, b) a##b
#define HOSTCUDA_PASTE(a, b) HOSTCUDA_PASTE2(a, b)
/* __<from>2<word><tail> and __<word>2<to><tail> */
#define HOSTCUDA_FROM(from, tail) HOSTCUDA_PASTE(HOSTCUDA_PASTE(__##from##2, HOSTCUDA_WORD), tail)
#define HOSTCUDA_TO(to, tail) HOSTCUDA_PASTE(HOSTCUDA_PASTE(__, HOSTCUDA_WORD), 2##to##tail)

static inline HOSTCUDA_NUMBER hostcuda_round(double value, hostcuda_numbers::Rounding rounding,
                                             HOSTCUDA_NUMBER*) {
  return HOSTCUDA_NUMBER(HOSTCUDA_RAW{HOSTCUDA_FORMAT::from(value, rounding)});
}
#define HOSTCUDA_ROUND(value, mode) \
  hostcuda_round(value, hostcuda_numbers::Rounding::mode, static_cast<HOSTCUDA_NUMBER*>(nullptr))

static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(float, )(const float a) { return HOSTCUDA_NUMBER(a); }
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(float, _rn)(const float a) {
  return HOSTCUDA_NUMBER(a);
}
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(float, _rz)(const float a) {
  return HOSTCUDA_ROUND(a, Zero);
}
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(float, _rd)(const float a) {
  return HOSTCUDA_ROUND(a, Down);
}
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(float, _ru)(const float a) {
  return HOSTCUDA_ROUND(a, Up);
}
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(double, )(const double a) { return HOSTCUDA_NUMBER(a); }
static inline float HOSTCUDA_TO(float, )(const HOSTCUDA_NUMBER a) { return float(a); }

/** Integers, both ways, by each rounding. */
#define HOSTCUDA_INTEGER_BY(name, type, tail, mode)                                 \
  static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(name, tail)(const type a) {           \
    return HOSTCUDA_ROUND(hostcuda_numbers::odd_integer(a), mode);                  \
  }                                                                                 \
  static inline type HOSTCUDA_TO(name, tail)(const HOSTCUDA_NUMBER a) {             \
    return hostcuda_numbers::to_integer<type>(a, hostcuda_numbers::Rounding::mode); \
  }
#define HOSTCUDA_INTEGER(name, type)            \
  HOSTCUDA_INTEGER_BY(name, type, _rn, Nearest) \
  HOSTCUDA_INTEGER_BY(name, type, _rz, Zero)    \
  HOSTCUDA_INTEGER_BY(name, type, _rd, Down)    \
  HOSTCUDA_INTEGER_BY(name, type, _ru, Up)
HOSTCUDA_INTEGER(short, short)
HOSTCUDA_INTEGER(ushort, unsigned short)
HOSTCUDA_INTEGER(int, int)
HOSTCUDA_INTEGER(uint, unsigned int)
HOSTCUDA_INTEGER(ll, long long)
HOSTCUDA_INTEGER(ull, unsigned long long)
#undef HOSTCUDA_INTEGER
#undef HOSTCUDA_INTEGER_BY
static inline signed char HOSTCUDA_TO(char, _rz)(const HOSTCUDA_NUMBER a) {
  return hostcuda_numbers::to_integer<signed char>(a, hostcuda_numbers::Rounding::Zero);
}
static inline unsigned char HOSTCUDA_TO(uchar, _rz)(const HOSTCUDA_NUMBER a) {
  return hostcuda_numbers::to_integer<unsigned char>(a, hostcuda_numbers::Rounding::Zero);
}

/** The bits as they are. */
static inline short HOSTCUDA_PASTE(HOSTCUDA_PASTE(__, HOSTCUDA_WORD),
                                   _as_short)(const HOSTCUDA_NUMBER a) {
  return static_cast<short>(HOSTCUDA_RAW(a).x);
}
static inline unsigned short HOSTCUDA_PASTE(HOSTCUDA_PASTE(__, HOSTCUDA_WORD),
                                            _as_ushort)(const HOSTCUDA_NUMBER a) {
  return HOSTCUDA_RAW(a).x;
}
static inline HOSTCUDA_NUMBER HOSTCUDA_PASTE(__short_as_, HOSTCUDA_WORD)(const short bits) {
  return HOSTCUDA_NUMBER(HOSTCUDA_RAW{static_cast<unsigned short>(bits)});
}
static inline HOSTCUDA_NUMBER HOSTCUDA_PASTE(__ushort_as_,
                                             HOSTCUDA_WORD)(const unsigned short bits) {
  return HOSTCUDA_NUMBER(HOSTCUDA_RAW{bits});
}

/** Pairs, whose name is the word and a 2. */
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(float, 2_rn)(const float a) {
  return HOSTCUDA_PAIR(HOSTCUDA_NUMBER(a), HOSTCUDA_NUMBER(a));
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(floats, 2_rn)(const float a, const float b) {
  return HOSTCUDA_PAIR(HOSTCUDA_NUMBER(a), HOSTCUDA_NUMBER(b));
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(float2, 2_rn)(const float2 a) {
  return HOSTCUDA_PAIR(HOSTCUDA_NUMBER(a.x), HOSTCUDA_NUMBER(a.y));
}
static inline float2 HOSTCUDA_TO(2float2, )(const HOSTCUDA_PAIR a) {
  return make_float2(float(a.x), float(a.y));
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(halves, 2)(const HOSTCUDA_NUMBER a,
                                                     const HOSTCUDA_NUMBER b) {
  return HOSTCUDA_PAIR(a, b);
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(low, 2)(const HOSTCUDA_PAIR a) {
  return HOSTCUDA_PAIR(a.x, a.x);
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(high, 2)(const HOSTCUDA_PAIR a) {
  return HOSTCUDA_PAIR(a.y, a.y);
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(lows, 2)(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) {
  return HOSTCUDA_PAIR(a.x, b.x);
}
static inline HOSTCUDA_PAIR HOSTCUDA_FROM(highs, 2)(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) {
  return HOSTCUDA_PAIR(a.y, b.y);
}
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(low, )(const HOSTCUDA_PAIR a) { return a.x; }
static inline HOSTCUDA_NUMBER HOSTCUDA_FROM(high, )(const HOSTCUDA_PAIR a) { return a.y; }

#undef HOSTCUDA_ROUND
#undef HOSTCUDA_FROM
#undef HOSTCUDA_TO
#undef HOSTCUDA_PASTE
#undef HOSTCUDA_PASTE2
