// A GRU layer (reset-after) over a whole sequence, its input product included:
//
//   r, z = sigmoid(W_rz x + b_rz + U_rz h + c_rz)   n = tanh(W_n x + b_n + r (U_n h + c_n))   h' = h + (1 - z)(n - h)
//
// Rows do not see each other: a panel of rows goes through all time steps, so that its state stays in the first cache and
// the weights in the second. Sizes are filled up to multiples of 32 with zeros, which stay zeros in states and gradients.
#pragma once
#include "panels.h"

namespace attn {

/** Numbers per block and row that the forward pass keeps: r, z, n and U_n h + c_n, 32 each. */
constexpr int KEPT = 4 * 32;

struct GruShape {
  int T, B, E, H;  // time steps, rows, inputs, size of the state
  bool reverse;    // from the last step to the first
  int threads;

  /** The i-th step's place in time. */
  int time(int i) const { return reverse ? T - 1 - i : i; }
};

/** A layer's weights in PyTorch's layout, gates r, z, n: W [3H, E], U [3H, H], b and c [3H]. */
struct GruWeights {
  const float *W, *U, *b, *c;
};
struct GruGradients {
  float *x, *initial, *W, *U, *b, *c;
};

template <class P>
class Gru {
  using T = typename P::T;
  using Kept = typename P::Kept;
  static constexpr int R = P::R;

 public:
  explicit Gru(const GruShape& shape)
      : s(shape), panels((s.B + R - 1) / R), KE(blocksOf(s.E)), KH(blocksOf(s.H)), Ep(KE * 32), Hp(KH * 32) {}

  /** How many values `forward` keeps for `backward`. */
  size_t kept() const { return size_t(s.T) * panels * KH * R * KEPT; }

  /**
   * @param x [T, B, E]  @param mask [T, B], 0 where the state stays as it is; null: nowhere  @param initial [B, H]
   * @param states [T, B, H]: h after every step  @param kept what `backward` wants; null where there will be none
   */
  void forward(const float* x, const float* mask, const float* initial, const GruWeights& weights, float* states,
               Kept* kept) const {
    Workspace shared;
    T* w = shared.get<T>(size_t(3) * Hp * Ep);
    T* u = shared.get<T>(size_t(3) * Hp * Hp);
    Workers::run(3 * KH, s.threads, [&](int part) {
      const int gate = part / KH, j = part % KH;
      const size_t row = size_t(gate) * s.H + j * 32;
      P::packRows(weights.W + row * s.E, restOf(j), s.E, w + size_t(part) * 32 * Ep);
      P::packRows(weights.U + row * s.H, restOf(j), s.H, u + size_t(part) * 32 * Hp);
    });
    float* biases = shared.zeros<float>(4 * Hp);  // of r and z both, of n's input, of n's state
    for (int j = 0; j < s.H; j++) {
      biases[j] = weights.b[j] + weights.c[j];
      biases[Hp + j] = weights.b[s.H + j] + weights.c[s.H + j];
      biases[2 * Hp + j] = weights.b[2 * s.H + j];
      biases[3 * Hp + j] = weights.c[2 * s.H + j];
    }
    Workers::run(panels, s.threads, [&](int p) { forwardPanel(p, x, mask, initial, w, u, biases, states, kept); });
  }

  /** @param dStates [T, B, H]  @param states, kept what `forward` made */
  void backward(const float* dStates, const float* x, const float* initial, const GruWeights& weights, const float* states,
                const Kept* kept, const GruGradients& gradients) const {
    Workspace shared;
    T* w = shared.get<T>(size_t(3) * Hp * Ep);
    T* u = shared.get<T>(size_t(3) * Hp * Hp);
    Workers::run(3 * KH, s.threads, [&](int part) {
      const auto row = [&](int k) { return k % Hp < s.H ? size_t(k / Hp) * s.H + k % Hp : SIZE_MAX; };
      const auto rowOf = [&](const float* from, int columns) {
        return [=](int k) { return row(k) == SIZE_MAX ? nullptr : from + row(k) * columns; };
      };
      packPlain<P>(rowOf(weights.W, s.E), part * 32, part * 32 + 32, 3 * Hp, s.E, w);
      packPlain<P>(rowOf(weights.U, s.H), part * 32, part * 32 + 32, 3 * Hp, s.H, u);
    });
    const size_t all = size_t(s.T) * panels;
    T* gateGradients = shared.get<T>(all * R * 4 * Hp);
    float* biasSums = shared.zeros<float>(size_t(panels) * 4 * Hp);
    Workers::run(panels, s.threads, [&](int p) {
      backwardPanel(p, dStates, initial, w, u, states, kept, gradients, gateGradients, biasSums + size_t(p) * 4 * Hp);
    });
    addBiases(biasSums, gradients);
    weightGradients(x, initial, states, gateGradients, gradients);
  }

 private:
  const GruShape s;
  const int panels, KE, KH, Ep, Hp;

  int rowsOf(int p) const { return p == panels - 1 ? s.B - p * R : R; }
  /** How many numbers of block j are no filling. */
  int restOf(int j) const { return s.H - j * 32; }

  void forwardPanel(int p, const float* x, const float* mask, const float* initial, const T* w, const T* u,
                    const float* biases, float* states, Kept* kept) const {
    Workspace own;
    T* input = own.zeros<T>(size_t(R) * Ep);
    T *before = own.zeros<T>(size_t(R) * Hp), *after = own.zeros<T>(size_t(R) * Hp);
    float* state = own.zeros<float>(size_t(R) * Hp);
    alignas(64) float C[4][R * 32];
    const int rows = rowsOf(p);
    for (int row = 0; row < rows; row++)
      memcpy(state + row * Hp, initial + (size_t(p) * R + row) * s.H, s.H * sizeof(float));
    packPanel<P>(state, Hp, rows, Hp, before);
    P::begin();
    for (int i = 0; i < s.T; i++) {
      const int t = s.time(i);
      packPanel<P>(x + (size_t(t) * s.B + p * R) * s.E, s.E, rows, s.E, input);
      for (int j = 0; j < KH; j++) {
        const T *wr = w + size_t(j) * 32 * Ep, *wz = wr + size_t(Hp) * Ep, *wn = wz + size_t(Hp) * Ep;
        const T *ur = u + size_t(j) * 32 * Hp, *uz = ur + size_t(Hp) * Hp, *un = uz + size_t(Hp) * Hp;
        P::block(input, wr, KE, before, ur, KH, C[0], 32, false, rows);
        P::block(input, wz, KE, before, uz, KH, C[1], 32, false, rows);
        P::block(input, wn, KE, input, wn, 0, C[2], 32, false, rows);
        P::block(before, un, KH, before, un, 0, C[3], 32, false, rows);
        Vec b[4][2];
        for (int q = 0; q < 4; q++)
          for (int v = 0; v < 2; v++) b[q][v] = load(biases + q * Hp + j * 32 + v * LANES);
        T* block = after + size_t(j) * R * 32;
        const size_t keptBlock = ((size_t(t) * panels + p) * KH + j) * R * KEPT;
        for (int row = 0; row < rows; row++) {
          const size_t at = size_t(t) * s.B + p * R + row;
          const bool real = mask == nullptr || mask[at] != 0;
          Vec out[2];
#pragma GCC unroll 2
          for (int v = 0; v < 2; v++) {
            const int from = row * 32 + v * LANES, column = j * 32 + v * LANES;
            const Vec r = sigmoid(load(C[0] + from) + b[0][v]);
            const Vec z = real ? sigmoid(load(C[1] + from) + b[1][v]) : set(1.0f);
            const Vec hn = load(C[3] + from) + b[3][v];
            const Vec n = hyperbolicTangent(fma(r, hn, load(C[2] + from) + b[2][v]));
            const Vec old = load(state + row * Hp + column);
            out[v] = fma(set(1.0f) - z, n - old, old);
            store(state + row * Hp + column, out[v]);
            storePart(states + at * s.H + column, out[v], s.H - column);
            if (kept == nullptr) continue;
            Kept* to = kept + keptBlock + row * KEPT + v * LANES;
            P::keep(to, r);
            P::keep(to + 32, z);
            P::keep(to + 64, n);
            P::keep(to + 96, hn);
          }
          P::storeRow(block, row, out[0], out[1]);
        }
      }
      std::swap(before, after);
    }
    P::end();
  }

  void backwardPanel(int p, const float* dStates, const float* initial, const T* w, const T* u, const float* states,
                     const Kept* kept, const GruGradients& gradients, T* gateGradients, float* sums) const {
    Workspace own;
    T* panel = own.zeros<T>(size_t(R) * 4 * Hp);              // of r, z, r (U_n h + c_n) and n
    float* carried = own.zeros<float>(size_t(R) * Hp);        // what comes back from the next step
    alignas(64) float C[R * 32];
    const int rows = rowsOf(p);
    const size_t all = size_t(s.T) * panels, gate = size_t(KH) * R * 32;
    P::begin();
    for (int i = s.T - 1; i >= 0; i--) {
      const int t = s.time(i);
      const float* old = i == 0 ? initial : states + size_t(s.time(i - 1)) * s.B * s.H;
      for (int j = 0; j < KH; j++) {
        const Kept* keep = kept + ((size_t(t) * panels + p) * KH + j) * R * KEPT;
        T* block = panel + size_t(j) * R * 32;
        Vec sum[4][2];
        for (int q = 0; q < 4; q++)
          for (int v = 0; v < 2; v++) sum[q][v] = load(sums + q * Hp + j * 32 + v * LANES);
        for (int row = 0; row < rows; row++) {
          Vec out[4][2];
#pragma GCC unroll 2
          for (int v = 0; v < 2; v++) {
            const Kept* from = keep + row * KEPT + v * LANES;
            const Vec r = P::kept(from), z = P::kept(from + 32), n = P::kept(from + 64), hn = P::kept(from + 96);
            const int column = j * 32 + v * LANES, rest = s.H - column;
            const size_t at = (size_t(p) * R + row) * s.H + column;
            float* back = carried + row * Hp + column;
            const Vec d = loadPart(dStates + size_t(t) * s.B * s.H + at, rest) + load(back);
            const Vec update = set(1.0f) - z;
            const Vec dn = d * update * fnma(n, n, set(1.0f));
            out[0][v] = dn * hn * fnma(r, r, r);
            out[1][v] = d * (loadPart(old + at, rest) - n) * (z * update);
            out[2][v] = dn * r;
            out[3][v] = dn;
            store(back, d * z);
            for (int q = 0; q < 4; q++) sum[q][v] = sum[q][v] + out[q][v];
          }
          for (int q = 0; q < 4; q++) P::storeRow(block + q * gate, row, out[q][0], out[q][1]);
        }
        for (int q = 0; q < 4; q++)
          P::transposeBlock(block + q * gate, gateGradients + size_t(q * KH + j) * 32 * all * R, all, size_t(t) * panels + p);
        for (int q = 0; q < 4; q++)
          for (int v = 0; v < 2; v++) store(sums + q * Hp + j * 32 + v * LANES, sum[q][v]);
      }
      for (int j = 0; j < KH; j++)
        P::block(panel, u + size_t(j) * 32 * 3 * Hp, 3 * KH, panel, u, 0, carried + j * 32, Hp, true, rows);
      for (int e = 0; e < KE; e++) {
        const T* we = w + size_t(e) * 32 * 3 * Hp;
        const int columns = s.E - e * 32;
        const bool whole = rows == R && columns >= 32;
        float* to = gradients.x + (size_t(t) * s.B + p * R) * s.E + e * 32;
        P::block(panel, we, 2 * KH, panel + 3 * gate, we + size_t(2) * KH * 1024, KH, whole ? to : C, whole ? s.E : 32, false,
                 rows);
        if (!whole)
          for (int row = 0; row < rows; row++)
            memcpy(to + size_t(row) * s.E, C + row * 32, (columns < 32 ? columns : 32) * sizeof(float));
      }
    }
    P::end();
    copyPart(carried, Hp, rows, s.H, gradients.initial + size_t(p) * R * s.H);
  }

  void addBiases(const float* sums, const GruGradients& gradients) const {
    for (int q = 0; q < 4; q++)
      for (int j = 0; j < s.H; j++) {
        float total = 0;
        for (int p = 0; p < panels; p++) total += sums[(size_t(p) * 4 + q) * Hp + j];
        if (q < 3) gradients.c[q * s.H + j] = total;
        if (q != 2) gradients.b[(q == 3 ? 2 : q) * s.H + j] = total;
      }
  }

  /** One product over all steps for each matrix. */
  void weightGradients(const float* x, const float* initial, const float* states, const T* gateGradients,
                       const GruGradients& gradients) const {
    Workspace shared;
    const size_t all = size_t(s.T) * panels;
    const int K = int(all) * R;
    T* inputs = shared.get<T>(size_t(K) * Ep);
    T* statesBefore = shared.get<T>(size_t(K) * Hp);
    const int steps = panels * R;
    Workers::run(s.T, s.threads, [&](int t) {
      const auto rowOf = [&](const float* from, int columns) {
        return [=](int k) { return k % steps < s.B ? from + size_t(k % steps) * columns : nullptr; };
      };
      const int before = s.reverse ? t + 1 : t - 1;
      const bool first = t == s.time(0);
      packPlain<P>(rowOf(x + size_t(t) * s.B * s.E, s.E), t * steps, (t + 1) * steps, K, s.E, inputs);
      packPlain<P>(rowOf(first ? initial : states + size_t(before) * s.B * s.H, s.H), t * steps, (t + 1) * steps, K, s.H,
                   statesBefore);
    });
    // 32 rows of one gate's gradient a part
    Workers::run(s.threads > 1 ? 3 * KH : 3, s.threads, [&](int part) {
      Workspace own;
      const int count = s.threads > 1 ? 1 : KH, gate = part * count / KH, j = part * count % KH;
      const int rows = count == 1 ? (restOf(j) < 32 ? restOf(j) : 32) : s.H;
      const auto product = [&](int of, const T* b, int columns, float* to) {
        const int padded = blocksOf(columns) * 32;
        const bool whole = rows % 32 == 0 && columns == padded;
        float* C = whole ? to : own.get<float>(size_t(count) * 32 * padded);
        P::begin();
        productOverRows<P>(gateGradients + size_t(of * KH + j) * 32 * K, b, all, count * 32, padded, C);
        P::end();
        if (!whole) copyPart(C, padded, rows, columns, to);
      };
      const size_t row = size_t(gate) * s.H + j * 32;
      product(gate == 2 ? 3 : gate, inputs, s.E, gradients.W + row * s.E);
      product(gate, statesBefore, s.H, gradients.U + row * s.H);
    });
  }
};

}  // namespace attn
