// Products with weights that were packed beforehand: a search multiplies by the same ones at every word, and for its few rows
// packing would take as long as the product.
#pragma once
#include "norm.h"
#include "panels.h"

namespace attn {

/** Weights in PyTorch's layout [rows, columns]: `parts` parts of as many rows each, every one filled up to 32s with zeros. */
struct PackedShape {
  int rows, columns, parts;
  int blocksOfPart() const { return blocksOf(rows / parts); }
  int padded() const { return blocksOf(columns) * 32; }

  /** How many float32 hold them. */
  template <class P>
  int64_t floats() const {
    const size_t bytes = size_t(parts) * blocksOfPart() * 32 * padded() * sizeof(typename P::T);
    return int64_t((bytes + sizeof(float) - 1) / sizeof(float));
  }
};

/** B panels of the transposed weights, part after part. */
template <class P>
void packWeights(const PackedShape& s, const float* W, typename P::T* to, int threads) {
  const int blocks = s.blocksOfPart(), rows = s.rows / s.parts;
  Workers::run(s.parts * blocks, threads, [&](int n) {
    const int part = n / blocks, row = n % blocks * 32;
    P::packRows(W + (size_t(part) * rows + row) * s.columns, rows - row, s.columns, to + size_t(n) * 32 * s.padded());
  });
}

/** Rows as A panels. */
template <class P>
class RowPanels {
 public:
  using T = typename P::T;
  static constexpr int R = P::R;
  const int rows, panels, K;  // K: columns in 32s

  /** @param x [rows, columns] */
  RowPanels(Workspace& memory, const float* x, int rows, int columns)
      : rows(rows), panels((rows + R - 1) / R), K(blocksOf(columns)), data(memory.get<T>(size_t(panels) * size())) {
    for (int p = 0; p < panels; p++) {
      T* panel = data + p * size();
      if (inPanel(p) < R) memset(static_cast<void*>(panel), 0, size() * sizeof(T));
      packPanel<P>(x + size_t(p) * R * columns, columns, inPanel(p), columns, panel);
    }
  }
  size_t size() const { return size_t(R) * K * 32; }
  const T* panel(int p) const { return data + p * size(); }
  int inPanel(int p) const { return p == panels - 1 ? rows - p * R : R; }

 private:
  T* const data;
};

/** Calls work(first, count) for pieces of `rows` rows, whole panels each, on up to `threads` threads. Rows do not see each other. */
template <class P, class Work>
void byRows(int rows, int threads, Work work) {
  const int panels = (rows + P::R - 1) / P::R, pieces = threads < panels ? threads : panels;
  if (pieces == 0) return;
  const int size = (panels + pieces - 1) / pieces * P::R;
  Workers::run((rows + size - 1) / size, threads, [&](int piece) {
    const int first = piece * size;
    P::begin();
    work(first, rows - first < size ? rows - first : size);
    P::end();
  });
}

enum Activation { NONE = 0, RELU = 1, TANH = 2 };

/** A linear layer for some rows: [its input normalised] W^T + b, [its activation, or added to other rows]. */
struct LinearLayer {
  int N, K, M;                // rows, inputs, outputs
  const float *gain, *offset; // [K]: of a layer normalisation of x before; null: none
  const float* b;             // [M]
  const float* added;         // [N, M]; null: nothing
  Activation activation;
  int threads;
};

/** @param x [N, K]  @param W packed [M, K]  @param to [N, M] */
template <class P>
void linearLayer(const LinearLayer& layer, const float* x, const typename P::T* W, float* to) {
  const int K = layer.K, M = layer.M;
  byRows<P>(layer.N, layer.threads, [&](int first, int count) {
    Workspace own;
    const float* from = x + size_t(first) * K;
    if (layer.gain != nullptr) {
      float* normed = own.get<float>(size_t(count) * K);
      for (int i = 0; i < count; i++) normalise(from + size_t(i) * K, K, layer.gain, layer.offset, normed + size_t(i) * K);
      from = normed;
    }
    const RowPanels<P> rows(own, from, count, K);
    alignas(64) float C[P::R * 32];
    // the weights' block stays in the first cache
    for (int m = 0; m < M; m += 32) {
      const Vec b0 = loadPart(layer.b + m, M - m), b1 = loadPart(layer.b + m + LANES, M - m - LANES);
      const typename P::T* block = W + size_t(m) * rows.K * 32;
      for (int p = 0; p < rows.panels; p++) {
        P::block(rows.panel(p), block, rows.K, rows.panel(p), block, 0, C, 32, false, rows.inPanel(p));
        for (int i = 0; i < rows.inPanel(p); i++) {
          const size_t at = size_t(first + p * P::R + i) * M + m;
          for (int v = 0; v < 2; v++) {
            const int part = M - m - v * LANES;
            Vec y = load(C + i * 32 + v * LANES) + (v ? b1 : b0);
            if (layer.activation == RELU) y = max(set(0.0f), y);
            if (layer.activation == TANH) y = hyperbolicTangent(y);
            if (layer.added != nullptr && part > 0) y = y + loadPart(layer.added + at + v * LANES, part);
            if (part > 0) storePart(to + at + v * LANES, y, part);
          }
        }
      }
    }
  });
}

struct GruStepShape {
  int N, E, H, threads;
};

/**
 * One step of a GRU (gru.h has its formula).
 * @param x [N, E]  @param h [N, H]  @param W, U packed in three parts  @param b, c [3H]  @param to [N, H]
 */
template <class P>
void gruStep(const GruStepShape& s, const float* x, const float* h, const typename P::T* W, const typename P::T* U,
             const float* b, const float* c, float* to) {
  const int H = s.H, KH = blocksOf(H);
  byRows<P>(s.N, s.threads, [&](int first, int count) {
    Workspace own;
    const RowPanels<P> input(own, x + size_t(first) * s.E, count, s.E), state(own, h + size_t(first) * H, count, H);
    const size_t gateW = size_t(KH) * 32 * input.K * 32, gateU = size_t(KH) * 32 * KH * 32;
    alignas(64) float C[4][P::R * 32];
    for (int j = 0; j < KH; j++) {
      const typename P::T *w = W + size_t(j) * 32 * input.K * 32, *u = U + size_t(j) * 32 * KH * 32;
      Vec bias[4][2];
      for (int v = 0; v < 2; v++) {
        const int at = j * 32 + v * LANES;
        const auto part = [&](const float* from, int gate) { return at < H ? loadPart(from + gate * H + at, H - at) : set(0.0f); };
        bias[0][v] = part(b, 0) + part(c, 0);
        bias[1][v] = part(b, 1) + part(c, 1);
        bias[2][v] = part(b, 2);
        bias[3][v] = part(c, 2);
      }
      for (int p = 0; p < input.panels; p++) {
        const int rows = input.inPanel(p);
        const typename P::T *a = input.panel(p), *old = state.panel(p);
        P::block(a, w, input.K, old, u, KH, C[0], 32, false, rows);
        P::block(a, w + gateW, input.K, old, u + gateU, KH, C[1], 32, false, rows);
        P::block(a, w + 2 * gateW, input.K, a, w, 0, C[2], 32, false, rows);
        P::block(old, u + 2 * gateU, KH, old, u, 0, C[3], 32, false, rows);
        for (int i = 0; i < rows; i++)
          for (int v = 0; v < 2; v++) {
            const int from = i * 32 + v * LANES, column = j * 32 + v * LANES;
            if (column >= H) continue;
            const size_t at = size_t(first + p * P::R + i) * H + column;
            const Vec r = sigmoid(load(C[0] + from) + bias[0][v]), z = sigmoid(load(C[1] + from) + bias[1][v]);
            const Vec n = hyperbolicTangent(fma(r, load(C[3] + from) + bias[3][v], load(C[2] + from) + bias[2][v]));
            const Vec before = loadPart(h + at, H - column);
            storePart(to + at, fma(set(1.0f) - z, n - before, before), H - column);
          }
      }
    }
  });
}

}  // namespace attn
