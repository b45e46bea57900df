// An LSTM layer (Hochreiter and Schmidhuber 1997, with a forget gate) over a whole sequence, its input product included:
//
//   i, f, o = sigmoid(W x + b + U h + c)   g = tanh(W x + b + U h + c)   C' = f C + i g   h' = o tanh(C')
#pragma once
#include "recurrent.h"

namespace attn {

struct LstmGradients {
  float *x, *initial, *initialCell, *W, *U, *b;
};

/** Gates i, f, g, o; they are what is kept of a step. */
template <class P>
class Lstm : public Recurrent<P> {
  using Base = Recurrent<P>;
  using T = typename P::T;
  using Kept = typename P::Kept;
  using Base::s, Base::R, Base::panels, Base::KE, Base::KH, Base::Ep, Base::Hp;

 public:
  explicit Lstm(const RecurrentShape& shape) : Base(shape, 4) {}

  /**
   * @param x [T, B, E]  @param mask [T, B], 0 where both states stay as they are; null: nowhere
   * @param initial, initialCell [B, H]  @param states, cells [T, B, H]: h and C after every step
   * @param kept what `backward` wants; null where there will be none
   */
  void forward(const float* x, const float* mask, const float* initial, const float* initialCell,
               const RecurrentWeights& weights, float* states, float* cells, Kept* kept) const {
    Workspace shared;
    const auto packed = this->packByRows(shared, weights);
    float* biases = shared.zeros<float>(4 * Hp);
    for (int q = 0; q < 4; q++)
      for (int j = 0; j < s.H; j++) biases[q * Hp + j] = weights.b[q * s.H + j] + weights.c[q * s.H + j];
    Workers::run(panels, s.threads, [&](int p) {
      forwardPanel(p, x, mask, initial, initialCell, packed.w, packed.u, biases, states, cells, kept);
    });
  }

  /** @param dStates [T, B, H]  @param dLastCell [B, H], of C after the last step taken  @param states, cells, kept what `forward` made */
  void backward(const float* dStates, const float* dLastCell, const float* x, const float* mask, const float* initial,
                const float* initialCell, const RecurrentWeights& weights, const float* states, const float* cells,
                const Kept* kept, const LstmGradients& gradients) const {
    Workspace shared;
    const auto packed = this->packByColumns(shared, weights);
    T* gateGradients = shared.get<T>(size_t(s.T) * panels * R * 4 * Hp);
    float* biasSums = shared.zeros<float>(size_t(panels) * 4 * Hp);
    Workers::run(panels, s.threads, [&](int p) {
      backwardPanel(p, dStates, dLastCell, mask, initialCell, packed.w, packed.u, cells, kept, gradients, gateGradients,
                    biasSums + size_t(p) * 4 * Hp);
    });
    for (int gate = 0; gate < 4; gate++) this->biasGradient(biasSums, gate, gate, gradients.b);
    const auto same = [](int gate) { return gate; };
    this->weightGradients(x, initial, states, gateGradients, same, gradients.W, gradients.U);
  }

 private:
  void forwardPanel(int p, const float* x, const float* mask, const float* initial, const float* initialCell, const T* w,
                    const T* u, const float* biases, float* states, float* cells, Kept* kept) const {
    Workspace own;
    T* input = own.zeros<T>(size_t(R) * Ep);
    T *before = own.zeros<T>(size_t(R) * Hp), *after = own.zeros<T>(size_t(R) * Hp);
    float *state = this->panelOf(own, p, initial), *cell = this->panelOf(own, p, initialCell);
    alignas(64) float C[4][R * 32];
    const int rows = this->rowsOf(p);
    packPanel<P>(state, Hp, rows, Hp, before);
    P::begin();
    for (int i = 0; i < s.T; i++) {
      const int t = s.time(i);
      packPanel<P>(x + (size_t(t) * s.B + p * R) * s.E, s.E, rows, s.E, input);
      for (int j = 0; j < KH; j++) {
        Vec b[4][2];
        for (int q = 0; q < 4; q++) {
          P::block(input, w + (size_t(q) * Hp + j * 32) * Ep, KE, before, u + (size_t(q) * Hp + j * 32) * Hp, KH, C[q], 32,
                   false, rows);
          for (int v = 0; v < 2; v++) b[q][v] = load(biases + q * Hp + j * 32 + v * LANES);
        }
        T* block = after + size_t(j) * R * 32;
        const size_t keptBlock = this->keptBlock(t, p, j);
        for (int row = 0; row < rows; row++) {
          const size_t at = size_t(t) * s.B + p * R + row;
          const bool real = mask == nullptr || mask[at] != 0;
          Vec out[2];
#pragma GCC unroll 2
          for (int v = 0; v < 2; v++) {
            const int from = row * 32 + v * LANES, column = j * 32 + v * LANES;
            const auto gate = [&](int q) { return load(C[q] + from) + b[q][v]; };
            const Vec in = sigmoid(gate(0)), forget = sigmoid(gate(1)), g = hyperbolicTangent(gate(2)), o = sigmoid(gate(3));
            float *cellAt = cell + row * Hp + column, *stateAt = state + row * Hp + column;
            if (real) {
              const Vec next = fma(forget, load(cellAt), in * g);
              store(cellAt, next);
              store(stateAt, o * hyperbolicTangent(next));
            }
            out[v] = load(stateAt);
            storePart(states + at * s.H + column, out[v], s.H - column);
            storePart(cells + at * s.H + column, load(cellAt), s.H - column);
            if (kept == nullptr) continue;
            Kept* to = kept + keptBlock + row * KEPT + v * LANES;
            P::keep(to, in);
            P::keep(to + 32, forget);
            P::keep(to + 64, g);
            P::keep(to + 96, o);
          }
          P::storeRow(block, row, out[0], out[1]);
        }
      }
      std::swap(before, after);
    }
    P::end();
  }

  void backwardPanel(int p, const float* dStates, const float* dLastCell, const float* mask, const float* initialCell,
                     const T* w, const T* u, const float* cells, const Kept* kept, const LstmGradients& gradients,
                     T* gateGradients, float* sums) const {
    Workspace own;
    T* panel = own.zeros<T>(size_t(R) * 4 * Hp);
    float *carried = own.zeros<float>(size_t(R) * Hp), *cell = this->panelOf(own, p, dLastCell);
    const int rows = this->rowsOf(p);
    const size_t all = size_t(s.T) * panels, gate = size_t(KH) * R * 32;
    P::begin();
    for (int i = s.T - 1; i >= 0; i--) {
      const int t = s.time(i);
      const float* old = i == 0 ? initialCell : cells + size_t(s.time(i - 1)) * s.B * s.H;
      for (int j = 0; j < KH; j++) {
        const Kept* keep = kept + this->keptBlock(t, p, j);
        T* block = panel + size_t(j) * R * 32;
        for (int row = 0; row < rows; row++) {
          const size_t step = size_t(t) * s.B + p * R + row;
          const bool real = mask == nullptr || mask[step] != 0;
          Vec out[4][2];
#pragma GCC unroll 2
          for (int v = 0; v < 2; v++) {
            const Kept* from = keep + row * KEPT + v * LANES;
            const Vec in = P::kept(from), forget = P::kept(from + 32), g = P::kept(from + 64), o = P::kept(from + 96);
            const int column = j * 32 + v * LANES, rest = s.H - column;
            float *back = carried + row * Hp + column, *cellBack = cell + row * Hp + column;
            const Vec d = loadPart(dStates + step * s.H + column, rest) + load(back);
            // through a step of padding both states pass as they are
            store(back, real ? set(0.0f) : d);
            if (!real) {
              for (int q = 0; q < 4; q++) out[q][v] = set(0.0f);
              continue;
            }
            const Vec bent = hyperbolicTangent(loadPart(cells + step * s.H + column, rest)), one = set(1.0f);
            const Vec dCell = fma(d * o, fnma(bent, bent, one), load(cellBack));
            out[0][v] = dCell * g * fnma(in, in, in);
            out[1][v] = dCell * loadPart(old + (size_t(p) * R + row) * s.H + column, rest) * fnma(forget, forget, forget);
            out[2][v] = dCell * in * fnma(g, g, one);
            out[3][v] = d * bent * fnma(o, o, o);
            store(cellBack, dCell * forget);
          }
          for (int q = 0; q < 4; q++) {
            P::storeRow(block + q * gate, row, out[q][0], out[q][1]);
            for (int v = 0; v < 2; v++) {
              float* sum = sums + q * Hp + j * 32 + v * LANES;
              store(sum, load(sum) + out[q][v]);
            }
          }
        }
        for (int q = 0; q < 4; q++)
          P::transposeBlock(block + q * gate, gateGradients + size_t(q * KH + j) * 32 * all * R, all, size_t(t) * panels + p);
      }
      for (int j = 0; j < KH; j++)
        P::block(panel, u + size_t(j) * 32 * 4 * Hp, 4 * KH, panel, u, 0, carried + j * 32, Hp, true, rows);
      this->inputGradient(p, t, gradients.x, [&](int e, float* to, int stride) {
        P::block(panel, w + size_t(e) * 32 * 4 * Hp, 4 * KH, panel, w, 0, to, stride, false, rows);
      });
    }
    P::end();
    copyPart(carried, Hp, rows, s.H, gradients.initial + size_t(p) * R * s.H);
    copyPart(cell, Hp, rows, s.H, gradients.initialCell + size_t(p) * R * s.H);
  }
};

}  // namespace attn
