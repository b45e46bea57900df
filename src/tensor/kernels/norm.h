// Layer normalisation of rows, (x - mean) / sqrt(variance + 1e-5) * gain + offset, and its gradients (see
// src/tensor/ops/layer-norm.ts).
#pragma once
#include "memory.h"
#include "parallel.h"
#include "vector.h"

namespace attn {

/** The first `count` numbers of x, zeros after them. */
static inline Vec firstOf(Vec x, int count) {
#ifdef __AVX512F__
  return {_mm512_maskz_mov_ps(firstLanes(count), x.v)};
#else
  const auto part = [](__m256 x, int count) { return _mm256_and_ps(x, _mm256_castsi256_ps(firstLanes(count))); };
  return {part(x.low, count), part(x.high, count - 8)};
#endif
}

/** What a row is normalised by. */
struct Spread {
  float mean, scale;  // scale: 1 / sqrt(variance + 1e-5)
};

/** One row. */
inline Spread normalise(const float* x, int size, const float* gain, const float* offset, float* to) {
  Vec s = set(0.0f);
  for (int j = 0; j < size; j += LANES) s = s + loadPart(x + j, size - j);
  const float mean = sum(s) / size;
  Vec q = set(0.0f);
  for (int j = 0; j < size; j += LANES) {
    // what is filled up must not count
    const Vec d = loadPart(x + j, size - j) - firstOf(set(mean), size - j);
    q = fma(d, d, q);
  }
  const float factor = 1.0f / sqrtf(sum(q) / size + 1e-5f);
  const Vec scale = set(factor), centre = set(mean);
  for (int j = 0; j < size; j += LANES)
    storePart(to + j, fma((loadPart(x + j, size - j) - centre) * scale, loadPart(gain + j, size - j), loadPart(offset + j, size - j)),
              size - j);
  return {mean, factor};
}

struct NormShape {
  int N, D;  // rows, their size
  int threads;
};

/** Rows that one thread takes at a time; sums over rows are made part by part, whatever the number of threads. */
constexpr int NORM_ROWS = 64;

/** @param x [N, D]  @param y [N, D]  @param spreads [N], for the gradients */
inline void normRows(const NormShape& s, const float* x, const float* gain, const float* offset, float* y, Spread* spreads) {
  Workers::run((s.N + NORM_ROWS - 1) / NORM_ROWS, s.threads, [&](int part) {
    const int end = (part + 1) * NORM_ROWS < s.N ? (part + 1) * NORM_ROWS : s.N;
    for (int i = part * NORM_ROWS; i < end; i++)
      spreads[i] = normalise(x + size_t(i) * s.D, s.D, gain, offset, y + size_t(i) * s.D);
  });
}

/** The gradients of one row; adds those of gain and offset to sums. */
inline void normGradient(const float* dy, const float* x, Spread spread, const float* gain, int size, float* dx, float* dGain,
                         float* dOffset) {
  const Vec centre = set(spread.mean), scale = set(spread.scale);
  Vec whole = set(0.0f), along = set(0.0f);
  for (int j = 0; j < size; j += LANES) {
    const int rest = size - j;
    // filled up with zeros, dy keeps all that is filled up from counting
    const Vec d = loadPart(dy + j, rest), n = (loadPart(x + j, rest) - centre) * scale, weighted = d * n;
    const Vec g = loadPart(gain + j, rest);
    storePart(dGain + j, loadPart(dGain + j, rest) + weighted, rest);
    storePart(dOffset + j, loadPart(dOffset + j, rest) + d, rest);
    whole = fma(d, g, whole);
    along = fma(weighted, g, along);
  }
  const Vec mean = set(sum(whole) / size), slope = set(sum(along) / size);
  for (int j = 0; j < size; j += LANES) {
    const int rest = size - j;
    const Vec n = (loadPart(x + j, rest) - centre) * scale, d = loadPart(dy + j, rest) * loadPart(gain + j, rest);
    storePart(dx + j, fnma(n, slope, d - mean) * scale, rest);
  }
}

/** @param dy [N, D]  @param dx [N, D]  @param dGain [D]  @param dOffset [D] */
inline void normGradients(const NormShape& s, const float* dy, const float* x, const Spread* spreads, const float* gain, float* dx,
                          float* dGain, float* dOffset) {
  const int parts = (s.N + NORM_ROWS - 1) / NORM_ROWS;
  Workspace workspace;
  float* sums = workspace.zeros<float>(size_t(parts) * 2 * s.D);
  Workers::run(parts, s.threads, [&](int part) {
    float* own = sums + size_t(part) * 2 * s.D;
    const int end = (part + 1) * NORM_ROWS < s.N ? (part + 1) * NORM_ROWS : s.N;
    for (int i = part * NORM_ROWS; i < end; i++) {
      const size_t at = size_t(i) * s.D;
      normGradient(dy + at, x + at, spreads[i], gain, s.D, dx + at, own, own + s.D);
    }
  });
  for (int j = 0; j < s.D; j++) dGain[j] = dOffset[j] = 0;
  for (int part = 0; part < parts; part++)
    for (int j = 0; j < s.D; j++) {
      dGain[j] += sums[size_t(part) * 2 * s.D + j];
      dOffset[j] += sums[size_t(part) * 2 * s.D + s.D + j];
    }
}

}  // namespace attn
