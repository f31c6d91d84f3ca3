// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A 16-bit number and a pair of them. Before it is included these are defined: HOSTCUDA_NUMBER,
// HOSTCUDA_PAIR, their raw structures HOSTCUDA_RAW and HOSTCUDA_RAW_PAIR, and HOSTCUDA_FORMAT.

/** The bits alone. */
struct __align__(2) HOSTCUDA_RAW {
  unsigned short x;
};
struct __align__(4) HOSTCUDA_RAW_PAIR {
  unsigned short x, y;
};

/** A number; every operation rounds to nearest, halfway to even. */
struct __align__(2) HOSTCUDA_NUMBER {
 protected:
  unsigned short __x;

 public:
  HOSTCUDA_NUMBER() = default;
  constexpr HOSTCUDA_NUMBER(const HOSTCUDA_RAW& raw) : __x(raw.x) {}
  HOSTCUDA_NUMBER(float value) : __x(HOSTCUDA_FORMAT::from(value)) {}
  HOSTCUDA_NUMBER(double value)
      : __x(HOSTCUDA_FORMAT::from(value, hostcuda_numbers::Rounding::Nearest)) {}
  template <class T, typename std::enable_if<std::is_integral<T>::value, int>::type = 0>
  HOSTCUDA_NUMBER(T value)
      : __x(HOSTCUDA_FORMAT::from(hostcuda_numbers::odd_integer(value),
                                  hostcuda_numbers::Rounding::Nearest)) {}

  operator HOSTCUDA_RAW() const {
    HOSTCUDA_RAW raw;
    raw.x = __x;
    return raw;
  }
  operator float() const { return HOSTCUDA_FORMAT::to(__x); }

  HOSTCUDA_NUMBER& operator=(const HOSTCUDA_RAW& raw) {
    __x = raw.x;
    return *this;
  }
};

/** Two numbers side by side. */
struct __align__(4) HOSTCUDA_PAIR {
  HOSTCUDA_NUMBER x, y;

  HOSTCUDA_PAIR() = default;
  HOSTCUDA_PAIR(const HOSTCUDA_NUMBER& low, const HOSTCUDA_NUMBER& high) : x(low), y(high) {}
  HOSTCUDA_PAIR(const HOSTCUDA_RAW_PAIR& raw) : x(HOSTCUDA_RAW{raw.x}), y(HOSTCUDA_RAW{raw.y}) {}
  operator HOSTCUDA_RAW_PAIR() const {
    HOSTCUDA_RAW_PAIR raw;
    raw.x = HOSTCUDA_RAW(x).x;
    raw.y = HOSTCUDA_RAW(y).x;
    return raw;
  }
};

/** Arithmetic in float, which has more than twice the bits, rounds as if it were exact. */
#define HOSTCUDA_ARITHMETIC(op)                                                                   \
  static inline HOSTCUDA_NUMBER operator op(const HOSTCUDA_NUMBER& a, const HOSTCUDA_NUMBER& b) { \
    return HOSTCUDA_NUMBER(float(a) op float(b));                                                 \
  }                                                                                               \
  static inline HOSTCUDA_NUMBER& operator op##=(HOSTCUDA_NUMBER& a, const HOSTCUDA_NUMBER& b) {   \
    return a = a op b;                                                                            \
  }                                                                                               \
  static inline HOSTCUDA_PAIR operator op(const HOSTCUDA_PAIR& a, const HOSTCUDA_PAIR& b) {       \
    return HOSTCUDA_PAIR(a.x op b.x, a.y op b.y);                                                 \
  }                                                                                               \
  static inline HOSTCUDA_PAIR& operator op##=(HOSTCUDA_PAIR& a, const HOSTCUDA_PAIR& b) {         \
    return a = a op b;                                                                            \
  }
HOSTCUDA_ARITHMETIC(+)
HOSTCUDA_ARITHMETIC(-)
HOSTCUDA_ARITHMETIC(*)
HOSTCUDA_ARITHMETIC(/)
#undef HOSTCUDA_ARITHMETIC

/** A comparison with NaN is false, but for !=. Of pairs both halves must hold. */
#define HOSTCUDA_COMPARISON(op)                                                        \
  static inline bool operator op(const HOSTCUDA_NUMBER& a, const HOSTCUDA_NUMBER& b) { \
    return float(a) op float(b);                                                       \
  }                                                                                    \
  static inline bool operator op(const HOSTCUDA_PAIR& a, const HOSTCUDA_PAIR& b) {     \
    return a.x op b.x && a.y op b.y;                                                   \
  }
HOSTCUDA_COMPARISON(==)
HOSTCUDA_COMPARISON(!=)
HOSTCUDA_COMPARISON(<)
HOSTCUDA_COMPARISON(>)
HOSTCUDA_COMPARISON(<=)
HOSTCUDA_COMPARISON(>=)
#undef HOSTCUDA_COMPARISON

static inline HOSTCUDA_NUMBER operator+(const HOSTCUDA_NUMBER& a) { return a; }
static inline HOSTCUDA_NUMBER operator-(const HOSTCUDA_NUMBER& a) {
  return HOSTCUDA_NUMBER(-float(a));
}
static inline HOSTCUDA_PAIR operator+(const HOSTCUDA_PAIR& a) { return a; }
static inline HOSTCUDA_PAIR operator-(const HOSTCUDA_PAIR& a) { return HOSTCUDA_PAIR(-a.x, -a.y); }

static inline HOSTCUDA_NUMBER& operator++(HOSTCUDA_NUMBER& a) { return a += HOSTCUDA_NUMBER(1.0f); }
static inline HOSTCUDA_NUMBER& operator--(HOSTCUDA_NUMBER& a) { return a -= HOSTCUDA_NUMBER(1.0f); }
static inline HOSTCUDA_NUMBER operator++(HOSTCUDA_NUMBER& a, int) {
  const HOSTCUDA_NUMBER before = a;
  ++a;
  return before;
}
static inline HOSTCUDA_NUMBER operator--(HOSTCUDA_NUMBER& a, int) {
  const HOSTCUDA_NUMBER before = a;
  --a;
  return before;
}
