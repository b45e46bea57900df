// Products of float32 blocks with AVX-512 or AVX2 and FMA.
//
//   A panel             [K/32][R][32]   R rows, so a block of R x 32 results is one piece of the next product's A panel
//   B panel             [K][32]         32 columns
//   transposed A panel  [K][RT]         RT rows of a result, the sum running over the rows of many A panels
#pragma once
#include "vector.h"

namespace attn {

struct Float32 {
  using T = float;
  using Kept = float;            // what a forward pass keeps for its backward pass
  static constexpr int R = 12;   // rows of an A panel
  static constexpr int RT = 8;   // rows of a transposed A panel
  // A panels that a product over rows takes at a time: for the first cache, for the second
  static constexpr int INNER = 40, OUTER = 40;
  static constexpr int CHUNK = 8;  // 32s of the vocabulary whose packed weights stay in the second cache
  static void begin() {}
  static void end() {}

  /** Row `row` of a block [R][32]. */
  static inline void storeRow(T* block, int row, Vec low, Vec high) {
    store(block + row * 32, low);
    store(block + row * 32 + LANES, high);
  }
  static inline void keep(Kept* to, Vec x) { store(to, x); }
  static inline Vec kept(const Kept* from) { return load(from); }
  /** What the products see of a number. */
  static inline float rounded(float x) { return x; }
  static inline void narrow(const float* from, T* to, size_t count) { memcpy(to, from, count * sizeof(float)); }

  /** C (+)= A1 B1 + A2 B2 for KB1 and KB2 times 32 columns of A; C has room for R rows, of which `rows` count. */
  static void block(const T* A1, const T* B1, int KB1, const T* A2, const T* B2, int KB2, float* C, size_t ldc, bool add,
                    int rows) {
    for (int i = 0; i < rows; i += R / SPLIT)
      for (int j = 0; j < 32; j += 2 * WIDTH) {
        Results<R / SPLIT> c(C + i * ldc + j, ldc, add);
        for (int kb = 0; kb < KB1; kb++) c.template addProduct<32, 1>(A1 + (kb * R + i) * 32, B1 + kb * 1024 + j, 32);
        for (int kb = 0; kb < KB2; kb++) c.template addProduct<32, 1>(A2 + (kb * R + i) * 32, B2 + kb * 1024 + j, 32);
        c.write(C + i * ldc + j, ldc, rows - i);
      }
  }

  /** C (+)= A B over the rows of `panels` A panels: A [rows][RT] from `transposeBlock`, C of RT rows. */
  static void blockT(const T* A, const T* B, int panels, float* C, size_t ldc, bool add) {
    for (int i = 0; i < RT; i += RT / SPLIT)
      for (int j = 0; j < 32; j += 2 * WIDTH) {
        Results<RT / SPLIT> c(C + i * ldc + j, ldc, add);
        c.template addProduct<1, RT>(A + i, B + j, panels * R);
        c.write(C + i * ldc + j, ldc, RT);
      }
  }

  /** Puts the block [R][32] of A panel p where transposed A panels are collected: [32 / RT][panels * R][RT]. */
  static void transposeBlock(const T* block, T* to, size_t panels, size_t p) {
    for (int q = 0; q < 32 / RT; q++)
      for (int i = 0; i < R; i++)
        memcpy(to + ((q * panels + p) * R + i) * RT, block + i * 32 + q * RT, RT * sizeof(T));
  }
  /** sums[j] = the sum over all rows m of weight[m] A[m][j], A a transposed panel. */
  static void weightedSums(const T* A, const T* weight, size_t panels, float* sums) {
    __m256 s = _mm256_setzero_ps();
    for (size_t m = 0; m < panels * R; m++) s = _mm256_fmadd_ps(_mm256_set1_ps(weight[m]), _mm256_loadu_ps(A + m * RT), s);
    _mm256_storeu_ps(sums, s);
  }

  /** One B panel of W^T: `rows` rows of W, zeros up to 32, of `columns` columns each, zeros up to a multiple of 32. */
  static void packRows(const float* W, int rows, int columns, T* to) {
    for (int k = 0; k < columns; k += 32)
      for (int quarter = 0; quarter < 4; quarter++) {
        const int at = k + quarter % 2 * LANES, from = quarter / 2 * LANES;
        Vec r[LANES];
        for (int i = 0; i < LANES; i++)
          r[i] = from + i < rows ? loadPart(W + size_t(from + i) * columns + at, columns - at) : set(0.0f);
        transpose(r);
        for (int i = 0; i < LANES; i++) store(to + (at + i) * 32 + from, r[i]);
      }
  }
  /** Rows [from, to) of the B panels of a matrix [K, columns], whose rows `row(k)` gives (null: zeros), each scaled. */
  template <class Row, class Scale>
  static void packColumns(Row row, Scale scale, int from, int to, int K, int columns, T* panels) {
    for (int k = from; k < to; k++) {
      const float* x = row(k);
      const Vec s = set(x ? scale(k) : 0);
      for (int n = 0; n < (columns + 31) / 32 * 32; n += LANES)
        store(panels + (size_t(n / 32) * K + k) * 32 + n % 32, x ? s * loadPart(x + n, columns - n) : set(0.0f));
    }
  }

 private:
#ifdef __AVX512F__
  using Native = __m512;
  static constexpr int WIDTH = 16, SPLIT = 1;  // 12 x 32 results in 24 of 32 registers
  static inline Native loadNative(const float* from) { return _mm512_loadu_ps(from); }
  static inline void storeNative(float* to, Native x) { _mm512_storeu_ps(to, x); }
  static inline Native setNative(float x) { return _mm512_set1_ps(x); }
  static inline Native multiplyAdd(Native a, Native b, Native c) { return _mm512_fmadd_ps(a, b, c); }
#else
  using Native = __m256;
  static constexpr int WIDTH = 8, SPLIT = 2;  // 6 x 16 results in 12 of 16 registers
  static inline Native loadNative(const float* from) { return _mm256_loadu_ps(from); }
  static inline void storeNative(float* to, Native x) { _mm256_storeu_ps(to, x); }
  static inline Native setNative(float x) { return _mm256_set1_ps(x); }
  static inline Native multiplyAdd(Native a, Native b, Native c) { return _mm256_fmadd_ps(a, b, c); }
#endif

  /** ROWS x 2 WIDTH results in registers. */
  template <int ROWS>
  struct Results {
    Native c[ROWS][2];
    inline __attribute__((always_inline)) Results(const float* C, size_t ldc, bool add) {
#pragma GCC unroll 12
      for (int i = 0; i < ROWS; i++) {
        c[i][0] = add ? loadNative(C + i * ldc) : setNative(0.0f);
        c[i][1] = add ? loadNative(C + i * ldc + WIDTH) : setNative(0.0f);
      }
    }
    /** A[i][k] = A[i * SI + k * SK] */
    template <int SI, int SK>
    inline __attribute__((always_inline)) void addProduct(const float* A, const float* B, int K) {
#pragma GCC unroll 4
      for (int k = 0; k < K; k++) {
        const Native b0 = loadNative(B + k * 32), b1 = loadNative(B + k * 32 + WIDTH);
#pragma GCC unroll 12
        for (int i = 0; i < ROWS; i++) {
          const Native a = setNative(A[i * SI + k * SK]);
          c[i][0] = multiplyAdd(a, b0, c[i][0]);
          c[i][1] = multiplyAdd(a, b1, c[i][1]);
        }
      }
    }
    inline __attribute__((always_inline)) void write(float* C, size_t ldc, int rows) const {
#pragma GCC unroll 12
      for (int i = 0; i < ROWS; i++) {
        if (i >= rows) break;
        storeNative(C + i * ldc, c[i][0]);
        storeNative(C + i * ldc + WIDTH, c[i][1]);
      }
    }
  };
};

}  // namespace attn
