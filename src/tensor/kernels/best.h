// The output layer of a search: the log probabilities of each row's k most probable words. Logits exist for a block of rows and
// words at a time, in the first cache; of them remain the running sum of exp(logit - the row's reference) and the k largest.
#pragma once
#include "packed.h"

namespace attn {

struct BestShape {
  int N, H, V, k;  // rows, their size, the vocabulary, words for each row (at most V)
  int threads;
};

/** Bits of the numbers above `least`; NaN is above nothing. */
static inline unsigned above(Vec x, float least) {
#ifdef __AVX512F__
  return _mm512_cmp_ps_mask(x.v, _mm512_set1_ps(least), _CMP_GT_OQ);
#else
  const __m256 than = _mm256_set1_ps(least);
  return _mm256_movemask_ps(_mm256_cmp_ps(x.low, than, _CMP_GT_OQ)) |
         _mm256_movemask_ps(_mm256_cmp_ps(x.high, than, _CMP_GT_OQ)) << 8;
#endif
}

/** The k largest logits of a row so far, largest first, of equal ones the first word first. */
class Largest {
 public:
  Largest(float* values, float* words, int k) : values(values), words(words), k(k) {}
  float least() const { return least_; }
  float top() const { return count > 0 ? values[0] : -INFINITY; }
  void insert(float value, int word) {
    int at = count < k ? count++ : k - 1;
    for (; at > 0 && value > values[at - 1]; at--) {
      values[at] = values[at - 1];
      words[at] = words[at - 1];
    }
    values[at] = value;
    words[at] = float(word);
    if (count == k) least_ = values[k - 1];
  }
  /** Where too few logits were numbers, the first words not there yet. */
  void fill() {
    for (int word = 0; count < k; word++) {
      bool there = false;
      for (int i = 0; i < count; i++) there = there || words[i] == float(word);
      if (there) continue;
      values[count] = -INFINITY;
      words[count++] = float(word);
    }
  }
  float *const values, *const words;

 private:
  const int k;
  int count = 0;
  float least_ = -INFINITY;
};

/**
 * @param x [N, H]  @param W packed [V, H]  @param b [V]
 * @param values [N, k]: log probabilities, none below log 1e-37  @param words [N, k]: whole numbers
 */
template <class P>
void bestWords(const BestShape& s, const float* x, const typename P::T* W, const float* b, float* values, float* words) {
  constexpr float FAR = 20;  // how far a logit may be above its row's reference
  const int KV = blocksOf(s.V);
  byRows<P>(s.N, s.threads, [&](int first, int count) {
    Workspace own;
    const RowPanels<P> rows(own, x + size_t(first) * s.H, count, s.H);
    float* sums = own.zeros<float>(size_t(count) * LANES);
    float* references = own.get<float>(count);
    std::vector<Largest> best;
    best.reserve(count);
    for (int i = 0; i < count; i++) best.push_back({values + size_t(first + i) * s.k, words + size_t(first + i) * s.k, s.k});
    alignas(64) float C[P::R * 32];
    for (int v0 = 0; v0 < KV; v0 += P::CHUNK)
      for (int p = 0; p < rows.panels; p++)
        for (int v = v0; v < KV && v < v0 + P::CHUNK; v++) {
          const typename P::T* block = W + size_t(v) * 32 * rows.K * 32;
          P::block(rows.panel(p), block, rows.K, rows.panel(p), block, 0, C, 32, false, rows.inPanel(p));
          const int real = s.V - v * 32;
          const unsigned counts = real >= 32 ? ~0u : (1u << real) - 1;
          const Vec b0 = loadPart(b + v * 32, real), b1 = real > LANES ? loadPart(b + v * 32 + LANES, real - LANES) : set(0.0f);
          for (int i = 0; i < rows.inPanel(p); i++) {
            const int row = p * P::R + i;
            Largest& largest = best[row];
            const Vec l0 = load(C + i * 32) + b0, l1 = load(C + i * 32 + LANES) + b1;
            unsigned found = (above(l0, largest.least()) | above(l1, largest.least()) << 16) & counts;
            float* sumAt = sums + size_t(row) * LANES;
            if (found != 0) {
              store(C + i * 32, l0);
              store(C + i * 32 + LANES, l1);
              for (; found != 0; found &= found - 1) {
                const int at = __builtin_ctz(found);
                if (C[i * 32 + at] > largest.least()) largest.insert(C[i * 32 + at], v * 32 + at);
              }
            }
            const float top = largest.top();
            if (v == 0) {
              references[row] = top > -INFINITY ? top : 0;
            } else if (top > references[row] + FAR) {
              store(sumAt, load(sumAt) * exponential(set(references[row] - top)));
              references[row] = top;
            }
            const Vec a = set(references[row]);
            Vec e0 = exponential(l0 - a), e1 = exponential(l1 - a);
            if (real < 32) {
              e0 = firstOf(e0, real);
              e1 = firstOf(e1, real - LANES);
            }
            store(sumAt, load(sumAt) + (e0 + e1));
          }
        }
    for (int i = 0; i < count; i++) {
      best[i].fill();
      const double normaliser = references[i] + log(double(sum(load(sums + size_t(i) * LANES))));
      for (int n = 0; n < s.k; n++) {
        // the order of operands keeps NaN
        const float value = float(best[i].values[n] - normaliser);
        best[i].values[n] = value < -85.19565f ? -85.19565f : value;
      }
    }
  });
}

}  // namespace attn
