// What GRU and LSTM layers share. Rows do not see each other: a panel of rows goes through all time steps, so that its state
// stays in the first cache and the weights in the second. Sizes are filled up to multiples of 32 with zeros, which stay zeros
// in states and gradients.
#pragma once
#include "panels.h"

namespace attn {

/** Numbers per block and row that a forward pass keeps: four values, 32 of each. */
constexpr int KEPT = 4 * 32;

struct RecurrentShape {
  int T, B, E, H;  // time steps, rows, inputs, size of the state
  bool reverse;    // from the last step to the first
  int threads;

  /** The i-th step's place in time. */
  int time(int i) const { return reverse ? T - 1 - i : i; }
};

/** A layer's weights in PyTorch's layout, G gates' rows stacked: W [GH, E], U [GH, H], b and c [GH]. */
struct RecurrentWeights {
  const float *W, *U, *b, *c;
};

template <class P>
class Recurrent {
  using T = typename P::T;

 public:
  /** @param gates how many gates' rows the weights stack */
  Recurrent(const RecurrentShape& shape, int gates)
      : s(shape),
        gates(gates),
        panels((s.B + R - 1) / R),
        KE(blocksOf(s.E)),
        KH(blocksOf(s.H)),
        Ep(KE * 32),
        Hp(KH * 32) {}

  /** How many values a forward pass keeps for its backward pass. */
  size_t kept() const { return size_t(s.T) * panels * KH * R * KEPT; }

 protected:
  static constexpr int R = P::R;
  const RecurrentShape s;
  const int gates, panels, KE, KH, Ep, Hp;

  int rowsOf(int p) const { return p == panels - 1 ? s.B - p * R : R; }
  /** How many numbers of block j are no filling. */
  int restOf(int j) const { return s.H - j * 32; }
  /** Where what is kept of a step, a panel and a block begins. */
  size_t keptBlock(int t, int p, int j) const { return ((size_t(t) * panels + p) * KH + j) * R * KEPT; }

  struct Packed {
    T *w, *u;
  };

  /** W and U as B panels of their transposes, gate by gate: for the forward pass. */
  Packed packByRows(Workspace& memory, const RecurrentWeights& weights) const {
    T* w = memory.get<T>(size_t(gates) * Hp * Ep);
    T* u = memory.get<T>(size_t(gates) * Hp * Hp);
    Workers::run(gates * KH, s.threads, [&](int part) {
      const int gate = part / KH, j = part % KH;
      const size_t row = size_t(gate) * s.H + j * 32;
      P::packRows(weights.W + row * s.E, restOf(j), s.E, w + size_t(part) * 32 * Ep);
      P::packRows(weights.U + row * s.H, restOf(j), s.H, u + size_t(part) * 32 * Hp);
    });
    return {w, u};
  }

  /** W and U as B panels: for the backward pass. */
  Packed packByColumns(Workspace& memory, const RecurrentWeights& weights) const {
    T* w = memory.get<T>(size_t(gates) * Hp * Ep);
    T* u = memory.get<T>(size_t(gates) * Hp * Hp);
    Workers::run(gates * KH, s.threads, [&](int part) {
      const auto rowOf = [&](const float* from, int columns) {
        return [=](int k) { return k % Hp < s.H ? from + (size_t(k / Hp) * s.H + k % Hp) * columns : nullptr; };
      };
      packPlain<P>(rowOf(weights.W, s.E), part * 32, part * 32 + 32, gates * Hp, s.E, w);
      packPlain<P>(rowOf(weights.U, s.H), part * 32, part * 32 + 32, gates * Hp, s.H, u);
    });
    return {w, u};
  }

  /** A panel's rows of a state [B, H], filled up. */
  float* panelOf(Workspace& memory, int p, const float* state) const {
    float* panel = memory.zeros<float>(size_t(R) * Hp);
    for (int row = 0; row < rowsOf(p); row++)
      memcpy(panel + row * Hp, state + (size_t(p) * R + row) * s.H, s.H * sizeof(float));
    return panel;
  }

  /** A panel's rows of the gradient of x at step t. @param product makes 32 of their columns: (block, to, row stride) */
  template <class Product>
  void inputGradient(int p, int t, float* dx, Product product) const {
    alignas(64) float C[R * 32];
    const int rows = rowsOf(p);
    for (int e = 0; e < KE; e++) {
      const int columns = s.E - e * 32;
      float* to = dx + (size_t(t) * s.B + p * R) * s.E + e * 32;
      if (rows == R && columns >= 32) {
        product(e, to, s.E);
        continue;
      }
      product(e, C, 32);
      for (int row = 0; row < rows; row++)
        memcpy(to + size_t(row) * s.E, C + row * 32, (columns < 32 ? columns : 32) * sizeof(float));
    }
  }

  /** The gradient of a bias: of a gate the sums of `slot`. @param sums [panels][4][Hp] */
  void biasGradient(const float* sums, int gate, int slot, float* to) const {
    for (int j = 0; j < s.H; j++) {
      float total = 0;
      for (int p = 0; p < panels; p++) total += sums[(size_t(p) * 4 + slot) * Hp + j];
      to[gate * s.H + j] = total;
    }
  }

  /**
   * One product over all steps for each matrix.
   * @param gateGradients transposed A panels of four slots  @param inputSlot which of them belongs to a gate of W; of U it is the gate's own
   */
  template <class Slot>
  void weightGradients(const float* x, const float* initial, const float* states, const T* gateGradients, Slot inputSlot,
                       float* dW, float* dU) const {
    Workspace shared;
    const size_t all = size_t(s.T) * panels;
    const int K = int(all) * R, step = panels * R;
    T* inputs = shared.get<T>(size_t(K) * Ep);
    T* statesBefore = shared.get<T>(size_t(K) * Hp);
    Workers::run(s.T, s.threads, [&](int t) {
      const auto rowOf = [&](const float* from, int columns) {
        return [=](int k) { return k % step < s.B ? from + size_t(k % step) * columns : nullptr; };
      };
      const int before = s.reverse ? t + 1 : t - 1;
      const float* old = t == s.time(0) ? initial : states + size_t(before) * s.B * s.H;
      packPlain<P>(rowOf(x + size_t(t) * s.B * s.E, s.E), t * step, (t + 1) * step, K, s.E, inputs);
      packPlain<P>(rowOf(old, s.H), t * step, (t + 1) * step, K, s.H, statesBefore);
    });
    // a gate a part, or 32 rows of one where there are threads for them
    const int blocks = s.threads > 1 ? 1 : KH;
    Workers::run(gates * KH / blocks, s.threads, [&](int part) {
      Workspace own;
      const int gate = part * blocks / KH, j = part * blocks % KH;
      const int rows = blocks == KH ? s.H : restOf(j) < 32 ? restOf(j) : 32;
      const auto product = [&](int slot, const T* b, int columns, float* to) {
        const int padded = blocksOf(columns) * 32;
        const bool whole = rows % 32 == 0 && columns == padded;
        float* C = whole ? to : own.get<float>(size_t(blocks) * 32 * padded);
        P::begin();
        productOverRows<P>(gateGradients + size_t(slot * KH + j) * 32 * K, b, all, blocks * 32, padded, C);
        P::end();
        if (!whole) copyPart(C, padded, rows, columns, to);
      };
      const size_t row = size_t(gate) * s.H + j * 32;
      product(inputSlot(gate), inputs, s.E, dW + row * s.E);
      product(gate, statesBefore, s.H, dU + row * s.H);
    });
  }
};

}  // namespace attn
