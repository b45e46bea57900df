// A GRU layer (reset-after) over a whole sequence, its input product included:
//
//   r, z = sigmoid(W_rz x + b_rz + U_rz h + c_rz)   n = tanh(W_n x + b_n + r (U_n h + c_n))   h' = h + (1 - z)(n - h)
#pragma once
#include "recurrent.h"

namespace attn {

struct GruGradients {
  float *x, *initial, *W, *U, *b, *c;
};

/** Gates r, z, n. Kept of a step: r, z, n and U_n h + c_n; the backward pass has the gradients of r, z, U_n h + c_n and n. */
template <class P>
class Gru : public Recurrent<P> {
  using Base = Recurrent<P>;
  using T = typename P::T;
  using Kept = typename P::Kept;
  using Base::s, Base::R, Base::panels, Base::KE, Base::KH, Base::Ep, Base::Hp;

 public:
  explicit Gru(const RecurrentShape& shape) : Base(shape, 3) {}

  /**
   * @param x [T, B, E]  @param mask [T, B], 0 where the state stays as it is; null: nowhere  @param initial [B, H]
   * @param states [T, B, H]: h after every step  @param kept what `backward` wants; null where there will be none
   */
  void forward(const float* x, const float* mask, const float* initial, const RecurrentWeights& weights, float* states,
               Kept* kept) const {
    Workspace shared;
    const auto packed = this->packByRows(shared, weights);
    float* biases = shared.zeros<float>(4 * Hp);  // of r and z both, of n's input, of n's state
    for (int j = 0; j < s.H; j++) {
      biases[j] = weights.b[j] + weights.c[j];
      biases[Hp + j] = weights.b[s.H + j] + weights.c[s.H + j];
      biases[2 * Hp + j] = weights.b[2 * s.H + j];
      biases[3 * Hp + j] = weights.c[2 * s.H + j];
    }
    Workers::run(panels, s.threads, [&](int p) { forwardPanel(p, x, mask, initial, packed.w, packed.u, biases, states, kept); });
  }

  /** @param dStates [T, B, H]  @param states, kept what `forward` made */
  void backward(const float* dStates, const float* x, const float* initial, const RecurrentWeights& weights, const float* states,
                const Kept* kept, const GruGradients& gradients) const {
    Workspace shared;
    const auto packed = this->packByColumns(shared, weights);
    T* gateGradients = shared.get<T>(size_t(s.T) * panels * R * 4 * Hp);
    float* biasSums = shared.zeros<float>(size_t(panels) * 4 * Hp);
    Workers::run(panels, s.threads, [&](int p) {
      backwardPanel(p, dStates, initial, packed.w, packed.u, states, kept, gradients, gateGradients,
                    biasSums + size_t(p) * 4 * Hp);
    });
    const auto inputSlot = [](int gate) { return gate == 2 ? 3 : gate; };
    for (int gate = 0; gate < 3; gate++) {
      this->biasGradient(biasSums, gate, inputSlot(gate), gradients.b);
      this->biasGradient(biasSums, gate, gate, gradients.c);
    }
    this->weightGradients(x, initial, states, gateGradients, inputSlot, gradients.W, gradients.U);
  }

 private:
  void forwardPanel(int p, const float* x, const float* mask, const float* initial, const T* w, const T* u,
                    const float* biases, float* states, Kept* kept) const {
    Workspace own;
    T* input = own.zeros<T>(size_t(R) * Ep);
    T *before = own.zeros<T>(size_t(R) * Hp), *after = own.zeros<T>(size_t(R) * Hp);
    float* state = this->panelOf(own, p, initial);
    alignas(64) float C[4][R * 32];
    const int rows = this->rowsOf(p);
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
        const size_t keptBlock = this->keptBlock(t, p, j);
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
    const int rows = this->rowsOf(p);
    const size_t all = size_t(s.T) * panels, gate = size_t(KH) * R * 32;
    P::begin();
    for (int i = s.T - 1; i >= 0; i--) {
      const int t = s.time(i);
      const float* old = i == 0 ? initial : states + size_t(s.time(i - 1)) * s.B * s.H;
      for (int j = 0; j < KH; j++) {
        const Kept* keep = kept + this->keptBlock(t, p, j);
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
      this->inputGradient(p, t, gradients.x, [&](int e, float* to, int stride) {
        const T* we = w + size_t(e) * 32 * 3 * Hp;
        P::block(panel, we, 2 * KH, panel + 3 * gate, we + size_t(2) * KH * 1024, KH, to, stride, false, rows);
      });
    }
    P::end();
    copyPart(carried, Hp, rows, s.H, gradients.initial + size_t(p) * R * s.H);
  }
};

}  // namespace attn
