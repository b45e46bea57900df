// Attention of a search's rows: each row has one query. The rows of a sentence share its memory, and are not given copies of it;
// of the words written so far, only those that there are cost anything.
#pragma once
#include "memory.h"
#include "parallel.h"
#include "vector.h"

namespace attn {

// Whole vectors first: loads of a part of one need a mask, and a head is often a whole number of them.

inline float dotProduct(const float* a, const float* b, int size) {
  Vec s = set(0.0f);
  int j = 0;
  for (; j + LANES <= size; j += LANES) s = fma(load(a + j), load(b + j), s);
  if (j < size) s = fma(loadPart(a + j, size - j), loadPart(b + j, size - j), s);
  return sum(s);
}

/** Turns `count` scores into weights that sum to 1; there is room up to a multiple of LANES. */
inline void softmax(float* scores, int count) {
  float largest = -INFINITY;
  for (int i = 0; i < count; i++) largest = scores[i] > largest ? scores[i] : largest;
  const Vec reference = set(largest);
  for (int i = 0; i < count; i += LANES) store(scores + i, exponential(load(scores + i) - reference));
  float total = 0;
  for (int i = 0; i < count; i++) total += scores[i];
  for (int i = 0; i < count; i++) scores[i] /= total;
}

/** to = the values, [count, size], weighted. */
inline void weightedSum(const float* weights, const float* values, int count, int size, float* to) {
  int j = 0;
  // two sums at a time: each waits for its own last addition
  for (; j + 2 * LANES <= size; j += 2 * LANES) {
    Vec s = set(0.0f), t = set(0.0f);
    for (int i = 0; i < count; i++) {
      const float* value = values + size_t(i) * size + j;
      const Vec weight = set(weights[i]);
      s = fma(weight, load(value), s);
      t = fma(weight, load(value + LANES), t);
    }
    store(to + j, s);
    store(to + j + LANES, t);
  }
  for (; j < size; j += LANES) {
    Vec s = set(0.0f);
    for (int i = 0; i < count; i++) s = fma(set(weights[i]), loadPart(values + size_t(i) * size + j, size - j), s);
    storePart(to + j, s, size - j);
  }
}

struct AttendShape {
  int N, heads, S, d;  // rows, heads, positions there is room for, size of a head
  float scale;
  int threads;
};

/** Calls work(row, scores) for every row, where `scores` has room for those of a head. */
template <class Work>
void forRows(const AttendShape& s, Work work) {
  const int pieces = s.threads < s.N ? s.threads : s.N;
  Workers::run(pieces, s.threads, [&](int piece) {
    Workspace own;
    float* scores = own.zeros<float>((s.S + LANES - 1) / LANES * LANES);
    for (int row = int(int64_t(s.N) * piece / pieces); row < int(int64_t(s.N) * (piece + 1) / pieces); row++) work(row, scores);
  });
}

/**
 * Over the source.
 * @param queries [N, heads d]  @param keys, values [B, heads, S, d]  @param mask [B, S]: 0 for padding, which gets weight 0
 * @param place [N]: each row's sentence  @param context [N, heads d]  @param weights [N, heads, S]
 */
inline void attendToSource(const AttendShape& s, const float* queries, const float* keys, const float* values, const float* mask,
                           const int32_t* place, float* context, float* weights) {
  forRows(s, [&](int row, float* scores) {
    const float* real = mask + size_t(place[row]) * s.S;
    for (int head = 0; head < s.heads; head++) {
      const size_t own = size_t(row) * s.heads + head, source = (size_t(place[row]) * s.heads + head) * s.S * s.d;
      // padding is at the end; in a row of nothing else the graph's weights are equal
      int count = s.S;
      while (count > 0 && real[count - 1] == 0) count--;
      for (int i = 0; i < count; i++)
        scores[i] = s.scale * dotProduct(queries + own * s.d, keys + source + size_t(i) * s.d, s.d);
      softmax(scores, count);
      float* to = weights + own * s.S;
      memcpy(to, scores, count * sizeof(float));
      for (int i = count; i < s.S; i++) to[i] = count == 0 ? 1.0f / s.S : 0;
      weightedSum(to, values + source, count == 0 ? s.S : count, s.d, context + own * s.d);
    }
  });
}

/**
 * Over the words before and the row's own, whose key and value it adds to the cache.
 * @param projected [N, 3 heads d]: queries, keys, values  @param keys, values [.., heads, S, d], the caches so far
 * @param steps [..]: how many words are in them  @param origin [N]: the row that each one goes on from
 * @param context [N, heads d]  @param newKeys, newValues [N, heads, S, d]: of them, steps + 1 positions are set
 */
inline void attendToWords(const AttendShape& s, const float* projected, const float* keys, const float* values,
                          const float* steps, const int32_t* origin, float* context, float* newKeys, float* newValues) {
  forRows(s, [&](int row, float* scores) {
    const size_t D = size_t(s.heads) * s.d;
    const float* own = projected + size_t(row) * 3 * D;
    // a row that goes on after its end must not write beyond its cache
    const float step = steps[origin[row]];
    const int before = step < s.S - 1 ? int(step) : s.S - 1;
    for (int head = 0; head < s.heads; head++) {
      const size_t from = (size_t(origin[row]) * s.heads + head) * s.S * s.d, to = (size_t(row) * s.heads + head) * s.S * s.d;
      float *k = newKeys + to, *v = newValues + to;
      memcpy(k, keys + from, size_t(before) * s.d * sizeof(float));
      memcpy(v, values + from, size_t(before) * s.d * sizeof(float));
      memcpy(k + size_t(before) * s.d, own + D + head * s.d, s.d * sizeof(float));
      memcpy(v + size_t(before) * s.d, own + 2 * D + head * s.d, s.d * sizeof(float));
      for (int i = 0; i <= before; i++) scores[i] = s.scale * dotProduct(own + head * s.d, k + size_t(i) * s.d, s.d);
      softmax(scores, before + 1);
      weightedSum(scores, v, before + 1, s.d, context + size_t(row) * D + head * s.d);
    }
  });
}

}  // namespace attn
