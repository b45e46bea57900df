// Products of bfloat16 blocks, added up in float32: by AMX's tiles, or by AVX-512's products of pairs (AVX512_BF16).
//
//   A panel             [K/32][32][32]       32 rows
//   B panel             [K/32][2][16][16][2] 32 columns in two halves, pairs of rows interleaved
//   transposed A panel  [K/32][32][32]       32 rows of a result, the sum running over the rows of many A panels
#pragma once
#include "tiles.h"
#include "vector.h"

#ifdef __AVX512BF16__

#if defined(__AMX_BF16__) || defined(ATTN_EMULATE_TILES)
#define ATTN_TILES
#endif

namespace attn {

struct BFloat16 {
  using T = uint16_t;
  using Kept = uint16_t;  // float16: gates lie in [-1, 1], where it keeps three more bits than bfloat16
  static constexpr int R = 32;
  static constexpr int RT = 32;
  static constexpr int INNER = 16, OUTER = 48;
  static constexpr int CHUNK = 16;

#ifdef ATTN_TILES
  static void begin() { Tiles::begin(); }
  static void end() { Tiles::end(); }
#else
  static void begin() {}
  static void end() {}
#endif

  static inline void storeRow(T* block, int row, Vec low, Vec high) {
    _mm512_storeu_si512(block + row * 32, (__m512i)_mm512_cvtne2ps_pbh(high.v, low.v));
  }
  static inline void keep(Kept* to, Vec x) { _mm256_storeu_si256((__m256i*)to, _mm512_cvtps_ph(x.v, 0)); }
  static inline Vec kept(const Kept* from) { return {_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i*)from))}; }
  static inline float rounded(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    memcpy(&x, &bits, 4);
    return x;
  }
  /** @param count a multiple of 32 */
  static inline void narrow(const float* from, T* to, size_t count) {
    for (size_t i = 0; i < count; i += 32) storeRow(to + i, 0, load(from + i), load(from + i + LANES));
  }

#ifdef ATTN_TILES
  static inline void block(const T* A1, const T* B1, int KB1, const T* A2, const T* B2, int KB2, float* C, size_t ldc,
                           bool add, int rows) {
    const bool both = rows > 16;
    asm volatile("" ::: "memory");
    if (add) {
      Tiles::load<0>(C, ldc * 4);
      Tiles::load<1>(C + 16, ldc * 4);
    } else {
      Tiles::zero<0>();
      Tiles::zero<1>();
    }
    if (both) {
      if (add) {
        Tiles::load<2>(C + 16 * ldc, ldc * 4);
        Tiles::load<3>(C + 16 * ldc + 16, ldc * 4);
      } else {
        Tiles::zero<2>();
        Tiles::zero<3>();
      }
      addProduct32(A1, B1, KB1);
      addProduct32(A2, B2, KB2);
      Tiles::store<2>(C + 16 * ldc, ldc * 4);
      Tiles::store<3>(C + 16 * ldc + 16, ldc * 4);
    } else {
      addProduct16(A1, B1, KB1);
      addProduct16(A2, B2, KB2);
    }
    Tiles::store<0>(C, ldc * 4);
    Tiles::store<1>(C + 16, ldc * 4);
    asm volatile("" ::: "memory");
  }
#else
  static inline void block(const T* A1, const T* B1, int KB1, const T* A2, const T* B2, int KB2, float* C, size_t ldc,
                           bool add, int rows) {
    for (int i = 0; i < rows; i += ROWS) {
      __m512 c[ROWS][2];
      float* to = C + i * ldc;
#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++) {
        c[r][0] = add ? _mm512_loadu_ps(to + r * ldc) : _mm512_setzero_ps();
        c[r][1] = add ? _mm512_loadu_ps(to + r * ldc + 16) : _mm512_setzero_ps();
      }
      addPairs(A1 + i * 32, B1, KB1, c);
      addPairs(A2 + i * 32, B2, KB2, c);
#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++) {
        _mm512_storeu_ps(to + r * ldc, c[r][0]);
        _mm512_storeu_ps(to + r * ldc + 16, c[r][1]);
      }
    }
  }
#endif
  static inline void blockT(const T* A, const T* B, int panels, float* C, size_t ldc, bool add) {
    block(A, B, panels, A, B, 0, C, ldc, add, R);
  }

  static inline void transposeBlock(const T* from, T* to, size_t, size_t p) {
    T* block = to + p * 1024;
    __m512i low[16], high[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
      const __m512i a = _mm512_loadu_si512(from + i * 64), b = _mm512_loadu_si512(from + i * 64 + 32);
      low[i] = _mm512_unpacklo_epi16(a, b);
      high[i] = _mm512_unpackhi_epi16(a, b);
    }
    // unpacking works on quarters: row i of the result is column 8 (i / 4) + i % 4, and the one 4 further
    transpose16(low);
    transpose16(high);
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
      const int column = 8 * (i / 4) + i % 4;
      _mm512_storeu_si512(block + column * 32, low[i]);
      _mm512_storeu_si512(block + (column + 4) * 32, high[i]);
    }
  }
  static void weightedSums(const T* A, const T* weight, size_t panels, float* sums) {
    for (int j = 0; j < 32; j += 4) {
      __m512 s[4];
      for (auto& x : s) x = _mm512_setzero_ps();
      for (size_t p = 0; p < panels; p++) {
        const __m512bh w = (__m512bh)_mm512_loadu_si512(weight + p * 32);
        for (int i = 0; i < 4; i++)
          s[i] = _mm512_dpbf16_ps(s[i], (__m512bh)_mm512_loadu_si512(A + p * 1024 + (j + i) * 32), w);
      }
      for (int i = 0; i < 4; i++) sums[j + i] = _mm512_reduce_add_ps(s[i]);
    }
  }

  static void packRows(const float* W, int rows, int columns, T* to) {
    for (int k = 0; k < columns; k += 32)
      for (int half = 0; half < 2; half++) {
        __m512i r[16];
        for (int i = 0; i < 16; i++) {
          const int row = half * 16 + i;
          const float* from = W + size_t(row) * columns + k;
          r[i] = row < rows ? (__m512i)_mm512_cvtne2ps_pbh(loadPart(from + LANES, columns - k - LANES).v, loadPart(from, columns - k).v)
                            : _mm512_setzero_si512();
        }
        transpose16(r);
        T* tile = to + size_t(k) * 32 + half * 512;
        for (int i = 0; i < 16; i++) _mm512_storeu_si512(tile + i * 32, r[i]);
      }
  }
  /** @param from and `to` are even */
  template <class Row, class Scale>
  static void packColumns(Row row, Scale scale, int from, int to, int K, int columns, T* panels) {
    for (int k = from; k < to; k += 2) {
      const float *even = row(k), *odd = row(k + 1);
      const Vec se = set(even ? scale(k) : 0), so = set(odd ? scale(k + 1) : 0);
      for (int n = 0; n < (columns + 31) / 32 * 32; n += LANES) {
        const Vec e = even ? se * loadPart(even + n, columns - n) : set(0.0f);
        const Vec o = odd ? so * loadPart(odd + n, columns - n) : set(0.0f);
        const __m512i pairs = _mm512_or_si512(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(e.v)),
                                              _mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(o.v)), 16));
        T* tile = panels + size_t(n / 32) * K * 32 + size_t(k / 32) * 1024 + n % 32 * 32;
        _mm512_storeu_si512(tile + k % 32 * 16, pairs);
      }
    }
  }

 private:
#ifdef ATTN_TILES
  static inline __attribute__((always_inline)) void addProduct32(const T* A, const T* B, int KB) {
    for (int kb = 0; kb < KB; kb++, A += 1024, B += 1024) {
      Tiles::load<4>(A, 64);
      Tiles::load<6>(B, 64);
      Tiles::load<5>(A + 512, 64);
      Tiles::load<7>(B + 512, 64);
      Tiles::multiply<0, 4, 6>();
      Tiles::multiply<2, 5, 6>();
      Tiles::multiply<1, 4, 7>();
      Tiles::multiply<3, 5, 7>();
    }
  }
  static inline __attribute__((always_inline)) void addProduct16(const T* A, const T* B, int KB) {
    for (int kb = 0; kb < KB; kb++, A += 1024, B += 1024) {
      Tiles::load<4>(A, 64);
      Tiles::load<6>(B, 64);
      Tiles::load<7>(B + 512, 64);
      Tiles::multiply<0, 4, 6>();
      Tiles::multiply<1, 4, 7>();
    }
  }
#else
  static constexpr int ROWS = 8;  // 8 x 32 results in 16 of 32 registers
  static inline __attribute__((always_inline)) void addPairs(const T* A, const T* B, int KB, __m512 (&c)[ROWS][2]) {
    for (int kb = 0; kb < KB; kb++, A += 1024, B += 1024) {
#pragma GCC unroll 4
      for (int k = 0; k < 16; k++) {
        const __m512bh b0 = (__m512bh)_mm512_loadu_si512(B + k * 32), b1 = (__m512bh)_mm512_loadu_si512(B + 512 + k * 32);
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++) {
          int pair;
          memcpy(&pair, A + r * 32 + k * 2, 4);
          const __m512bh a = (__m512bh)_mm512_set1_epi32(pair);
          c[r][0] = _mm512_dpbf16_ps(c[r][0], a, b0);
          c[r][1] = _mm512_dpbf16_ps(c[r][1], a, b1);
        }
      }
    }
  }
#endif
};

}  // namespace attn

#endif
