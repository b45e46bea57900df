// Sixteen float32 numbers at once: one register with AVX-512, two with AVX2 and FMA.
#pragma once
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

namespace attn {

constexpr int LANES = 16;

#ifdef __AVX512F__

struct Vec {
  __m512 v;
};
static inline __mmask16 firstLanes(int count) {
  return count >= LANES ? 0xffff : count <= 0 ? 0 : __mmask16((1u << count) - 1);
}
static inline Vec set(float x) { return {_mm512_set1_ps(x)}; }
static inline Vec load(const float* from) { return {_mm512_loadu_ps(from)}; }
static inline void store(float* to, Vec x) { _mm512_storeu_ps(to, x.v); }
/** The first `count` numbers, zeros after them; only those are read. */
static inline Vec loadPart(const float* from, int count) { return {_mm512_maskz_loadu_ps(firstLanes(count), from)}; }
static inline void storePart(float* to, Vec x, int count) { _mm512_mask_storeu_ps(to, firstLanes(count), x.v); }
static inline Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
static inline Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
static inline Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
static inline Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
static inline Vec squareRoot(Vec x) { return {_mm512_sqrt_ps(x.v)}; }
/** a b + c */
static inline Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
/** c - a b */
static inline Vec fnma(Vec a, Vec b, Vec c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }
static inline Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.v, b.v)}; }
static inline Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.v, b.v)}; }
static inline float sum(Vec x) { return _mm512_reduce_add_ps(x.v); }
static inline float greatest(Vec x) { return _mm512_reduce_max_ps(x.v); }
static inline Vec nearest(Vec x) { return {_mm512_roundscale_ps(x.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
/** x 2^n, n a whole number. */
static inline Vec scaled(Vec x, Vec n) { return {_mm512_scalef_ps(x.v, n.v)}; }
/** 1 / x, relative error 2^-23. */
static inline Vec reciprocal(Vec x) {
  const __m512 y = _mm512_rcp14_ps(x.v);
  return {_mm512_mul_ps(y, _mm512_fnmadd_ps(x.v, y, _mm512_set1_ps(2.0f)))};
}
/** Where a < b, x; elsewhere y. */
static inline Vec whereLess(Vec a, Vec b, Vec x, Vec y) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ), y.v, x.v)};
}
static inline Vec magnitude(Vec x) { return {_mm512_abs_ps(x.v)}; }
/** The magnitude of x with the sign of s. */
static inline Vec withSign(Vec x, Vec s) {
  const __m512i sign = _mm512_set1_epi32(int(0x80000000));
  return {_mm512_castsi512_ps(_mm512_ternarylogic_epi32(sign, _mm512_castps_si512(s.v), _mm512_castps_si512(x.v), 0xca))};
}

/** 16 x 16 numbers of 32 bits. */
static inline void transpose16(__m512i r[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}
static inline void transpose(Vec r[LANES]) {
  __m512i t[LANES];
  for (int i = 0; i < LANES; i++) t[i] = _mm512_castps_si512(r[i].v);
  transpose16(t);
  for (int i = 0; i < LANES; i++) r[i].v = _mm512_castsi512_ps(t[i]);
}

#else

struct Vec {
  __m256 low, high;
};
static inline __m256i firstLanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline Vec set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
static inline Vec load(const float* from) { return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)}; }
static inline void store(float* to, Vec x) {
  _mm256_storeu_ps(to, x.low);
  _mm256_storeu_ps(to + 8, x.high);
}
/** The first `count` numbers, zeros after them; only those are read. */
static inline Vec loadPart(const float* from, int count) {
  return {_mm256_maskload_ps(from, firstLanes(count)), _mm256_maskload_ps(from + 8, firstLanes(count - 8))};
}
static inline void storePart(float* to, Vec x, int count) {
  _mm256_maskstore_ps(to, firstLanes(count), x.low);
  _mm256_maskstore_ps(to + 8, firstLanes(count - 8), x.high);
}
static inline Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
static inline Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
static inline Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
static inline Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
static inline Vec squareRoot(Vec x) { return {_mm256_sqrt_ps(x.low), _mm256_sqrt_ps(x.high)}; }
/** a b + c */
static inline Vec fma(Vec a, Vec b, Vec c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
/** c - a b */
static inline Vec fnma(Vec a, Vec b, Vec c) {
  return {_mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high)};
}
static inline Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)}; }
static inline Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)}; }
static inline float sum(Vec x) {
  const __m256 eight = _mm256_add_ps(x.low, x.high);
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}
static inline float greatest(Vec x) {
  const __m256 eight = _mm256_max_ps(x.low, x.high);
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_movehdup_ps(four)));
}
static inline Vec nearest(Vec x) {
  constexpr int how = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(x.low, how), _mm256_round_ps(x.high, how)};
}
static inline __m256 scaled(__m256 x, __m256 n) {
  // n in two halves, so that 2^128 and numbers without an exponent of their own are reached
  const __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1), rest = _mm256_sub_epi32(whole, half);
  const __m256i bias = _mm256_set1_epi32(127);
  const auto power = [&](__m256i k) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(k, bias), 23)); };
  return _mm256_mul_ps(_mm256_mul_ps(x, power(half)), power(rest));
}
/** x 2^n, n a whole number. */
static inline Vec scaled(Vec x, Vec n) { return {scaled(x.low, n.low), scaled(x.high, n.high)}; }
static inline Vec reciprocal(Vec x) {
  const __m256 one = _mm256_set1_ps(1.0f);
  return {_mm256_div_ps(one, x.low), _mm256_div_ps(one, x.high)};
}
/** Where a < b, x; elsewhere y. */
static inline Vec whereLess(Vec a, Vec b, Vec x, Vec y) {
  return {_mm256_blendv_ps(y.low, x.low, _mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ)),
          _mm256_blendv_ps(y.high, x.high, _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ))};
}
static inline Vec magnitude(Vec x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_andnot_ps(sign, x.low), _mm256_andnot_ps(sign, x.high)};
}
/** The magnitude of x with the sign of s. */
static inline Vec withSign(Vec x, Vec s) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_or_ps(_mm256_andnot_ps(sign, x.low), _mm256_and_ps(sign, s.low)),
          _mm256_or_ps(_mm256_andnot_ps(sign, x.high), _mm256_and_ps(sign, s.high))};
}
static inline void transpose(Vec r[LANES]) {
  float from[LANES][LANES], to[LANES][LANES];
  for (int i = 0; i < LANES; i++) store(from[i], r[i]);
  for (int i = 0; i < LANES; i++)
    for (int j = 0; j < LANES; j++) to[i][j] = from[j][i];
  for (int i = 0; i < LANES; i++) r[i] = load(to[i]);
}

#endif

static inline Vec operator-(Vec x) { return set(0.0f) - x; }

/** e^x, relative error about 1e-7; x below -87 counts as -87, above 88 as 88. NaN stays NaN. */
static inline Vec exponential(Vec x) {
  // the order of operands keeps NaN: both instructions return the second where one is NaN
  x = min(set(88.0f), max(set(-87.0f), x));
  const Vec n = nearest(x * set(1.44269504089f));
  // ln 2 in two parts, the first of which has few bits
  const Vec r = fnma(n, set(-2.12194440e-4f), fnma(n, set(0.693359375f), x));
  // Taylor's coefficients, |r| <= ln 2 / 2
  Vec p = set(1.0f / 5040);
  p = fma(p, r, set(1.0f / 720));
  p = fma(p, r, set(1.0f / 120));
  p = fma(p, r, set(1.0f / 24));
  p = fma(p, r, set(1.0f / 6));
  p = fma(p, r, set(0.5f));
  p = fma(p, r, set(1.0f));
  p = fma(p, r, set(1.0f));
  return scaled(p, n);
}

static inline Vec sigmoid(Vec x) { return reciprocal(set(1.0f) + exponential(-x)); }

/** Relative error about 2e-7, also of small x. The polynomial's coefficients are those of Cephes' tanhf. */
static inline Vec hyperbolicTangent(Vec x) {
  const Vec z = x * x, size = magnitude(x);
  Vec p = set(-5.70498872745e-3f);
  p = fma(p, z, set(2.06390887954e-2f));
  p = fma(p, z, set(-5.37397155531e-2f));
  p = fma(p, z, set(1.33314422036e-1f));
  p = fma(p, z, set(-3.33332819422e-1f));
  const Vec small = fma(p * z, x, x);
  const Vec large = fnma(set(2.0f), reciprocal(set(1.0f) + exponential(size + size)), set(1.0f));
  return whereLess(size, set(0.625f), small, withSign(large, x));
}

}  // namespace attn
