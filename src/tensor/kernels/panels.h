// What both precisions share: filling A panels, and products over all rows of a batch.
#pragma once
#include "memory.h"
#include "parallel.h"
#ifdef __AVX512BF16__
#include "bfloat16.h"
#endif
#include "float32.h"

namespace attn {

/** 32s that hold `size` numbers. */
static inline int blocksOf(int size) { return (size + 31) / 32; }

/** An A panel of `rows` rows with `columns` columns, zeros beyond them up to a multiple of 32; rows beyond are left as they are. */
template <class P>
static void packPanel(const float* from, int stride, int rows, int columns, typename P::T* to) {
  for (int i = 0; i < rows; i++)
    for (int k = 0; k < columns; k += 32) {
      const float* at = from + size_t(i) * stride + k;
      P::storeRow(to + size_t(k) * P::R, i, loadPart(at, columns - k), loadPart(at + LANES, columns - k - LANES));
    }
}

/** Rows [from, to) of the B panels of W [rows, columns], as `packColumns`, not scaled. */
template <class P, class Row>
static void packPlain(Row row, int from, int to, int K, int columns, typename P::T* panels) {
  P::packColumns(row, [](int) { return 1.0f; }, from, to, K, columns, panels);
}

/**
 * C [rows, columns] = A^T B: the transposed A panels `a` (from `transposeBlock`, blocks of RT rows of C), B panels `b` of the
 * same rows. `rows` is a multiple of 32, `columns` of 32.
 */
template <class P>
static void productOverRows(const typename P::T* a, const typename P::T* b, size_t panels, int rows, int columns, float* C) {
  for (size_t outer = 0; outer < panels; outer += P::OUTER) {
    const size_t end = outer + P::OUTER < panels ? outer + P::OUTER : panels;
    for (int n = 0; n < rows; n += P::RT)
      for (size_t inner = outer; inner < end; inner += P::INNER) {
        const int count = end - inner < P::INNER ? end - inner : P::INNER;
        for (int k = 0; k < columns; k += 32)
          P::blockT(a + (n * panels + inner * P::RT) * P::R, b + (k * panels + inner * 32) * P::R, count,
                    C + size_t(n) * columns + k, columns, inner > 0);
      }
  }
}

/** Copies the part [rows, columns] of a matrix whose rows are `stride` apart into one without gaps. */
static inline void copyPart(const float* from, size_t stride, int rows, int columns, float* to) {
  for (int i = 0; i < rows; i++) memcpy(to + size_t(i) * columns, from + i * stride, columns * sizeof(float));
}

}  // namespace attn
