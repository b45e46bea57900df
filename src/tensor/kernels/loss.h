// The output layer and its loss (see src/tensor/ops/loss.ts), value and gradients in one pass. Logits are made for a group of
// rows at a time and leave as e = exp(logit - a row's reference); what divides and subtracts is done on the thin sides of the
// products. Rows of weight 0 (padding) are left out of everything.
#pragma once
#include "panels.h"

namespace attn {

struct LossShape {
  int N, H, V;  // rows, their size, the vocabulary
  float smoothing;
  int threads;
};

struct LossGradients {
  float *x, *W, *b;
};

template <class P>
class OutputLoss {
  using T = typename P::T;
  static constexpr int R = P::R;
  static constexpr int GROUP = 256 / R;  // panels that pass over the vocabulary together
  static constexpr float FAR = 60;       // how far a logit may be above its row's reference

 public:
  OutputLoss(const LossShape& shape, const float* x, const float* W, const float* b, const int32_t* targets,
             const float* rowWeights)
      : s(shape), KH(blocksOf(s.H)), KV(blocksOf(s.V)), Hp(KH * 32), x(x), W(W), b(b), targets(targets), rowWeights(rowWeights) {
    real = shared.get<int>(s.N);
    for (int i = 0; i < s.N; i++)
      if (rowWeights[i] != 0) real[rows++] = i;
    panels = (rows + R - 1) / R;
    padded = size_t(panels) * R;
  }

  /** @param value [2]: the objective with smoothing, the negative log-likelihood; both weighted sums over rows */
  void run(float* value, const LossGradients* gradients) {
    prepare(gradients != nullptr);
    const int groups = (panels + GROUP - 1) / GROUP;
    double* values = shared.zeros<double>(2 * groups);
    float* inputSums = shared.zeros<float>(size_t(groups) * Hp);
    Workers::run(groups, s.threads, [&](int group) {
      passGroup(group, values + 2 * group, inputSums + size_t(group) * Hp, gradients);
    });
    double objective = 0, likelihood = 0;
    for (int group = 0; group < groups; group++) {
      objective += values[2 * group];
      likelihood += values[2 * group + 1];
    }
    value[0] = float(objective);
    value[1] = float(likelihood);
    if (gradients == nullptr) return;
    for (int i = 0; i < s.N; i++)
      if (rowWeights[i] == 0) memset(gradients->x + size_t(i) * s.H, 0, s.H * sizeof(float));
    for (int group = 1; group < groups; group++)
      for (int j = 0; j < Hp; j++) inputSums[j] += inputSums[size_t(group) * Hp + j];
    weightGradients(inputSums, *gradients);
  }

 private:
  const LossShape s;
  const int KH, KV, Hp;
  const float *x, *W, *b;
  const int32_t* targets;
  const float* rowWeights;
  Workspace shared;
  int rows = 0, panels = 0;  // of weight other than 0
  size_t padded = 0;
  int* real;                 // the number of each such row
  T *weights, *columns;      // W packed by rows, for logits; by columns, for the gradient of x
  float *bias, *meanRow;
  double meanBias = 0;
  float *reference, *total, *ofTarget, *scale;  // by row: subtracted from its logits, sum of e, the target's logit, weight / total
  T *errors, *narrowScale;                      // e transposed, by 32s of the vocabulary

  int rowsOf(int p) const { return p == panels - 1 ? rows - p * R : R; }

  void prepare(bool gradients) {
    weights = shared.get<T>(size_t(KV) * 32 * Hp);
    columns = gradients ? shared.get<T>(size_t(KV) * 32 * Hp) : nullptr;
    bias = shared.get<float>(size_t(KV) * 32);
    for (int v = 0; v < KV * 32; v++) bias[v] = v < s.V ? b[v] : -1e30f;
    meanRow = shared.zeros<float>(Hp);
    float* sums = s.smoothing == 0 ? nullptr : shared.zeros<float>(size_t(KV) * Hp);
    Workers::run(KV, s.threads, [&](int v) {
      const int count = s.V - v * 32 < 32 ? s.V - v * 32 : 32;
      const float* from = W + size_t(v) * 32 * s.H;
      P::packRows(from, count, s.H, weights + size_t(v) * 32 * Hp);
      if (gradients)
        packPlain<P>([&](int k) { return k < s.V ? W + size_t(k) * s.H : nullptr; }, v * 32, v * 32 + 32, KV * 32, s.H, columns);
      if (sums != nullptr)
        for (int i = 0; i < count; i++)
          for (int j = 0; j < s.H; j++) sums[size_t(v) * Hp + j] += from[size_t(i) * s.H + j];
    });
    if (sums != nullptr) {
      for (int j = 0; j < s.H; j++) {
        double sum = 0;
        for (int v = 0; v < KV; v++) sum += sums[size_t(v) * Hp + j];
        meanRow[j] = float(sum / s.V);
      }
      for (int v = 0; v < s.V; v++) meanBias += b[v];
      meanBias /= s.V;
    }
    float* byRow = shared.zeros<float>(4 * padded);
    reference = byRow;
    total = byRow + padded;
    ofTarget = byRow + 2 * padded;
    scale = byRow + 3 * padded;
    errors = gradients ? shared.get<T>(padded * KV * 32) : nullptr;
  }

  void passGroup(int group, double* values, float* inputSum, const LossGradients* gradients) {
    Workspace own;
    const int first = group * GROUP, count = panels - first < GROUP ? panels - first : GROUP;
    T* inputs = own.zeros<T>(size_t(count) * R * Hp);
    T* chunk = own.get<T>(size_t(P::CHUNK) * R * 32);  // e of a panel and a chunk of the vocabulary, in the first cache
    float* sums = own.get<float>(size_t(GROUP) * R * LANES);
    float* products = gradients ? own.get<float>(size_t(count) * R * Hp) : nullptr;
    for (int p = 0; p < count; p++)
      for (int i = 0; i < rowsOf(first + p); i++)
        packPanel<P>(x + size_t(real[(first + p) * R + i]) * s.H, s.H, 1, s.H, inputs + size_t(p) * R * Hp + i * 32);
    P::begin();
    // a row's reference is the largest of its first 32 logits; where another is far above it, all is done again
    if (!exponentials(first, count, inputs, chunk, sums, products, false))
      exponentials(first, count, inputs, chunk, sums, products, true);
    P::end();
    for (int p = 0; p < count; p++)
      for (int i = 0; i < rowsOf(first + p); i++) {
        const int m = (first + p) * R + i;
        const float weight = rowWeights[real[m]];
        const float* row = x + size_t(real[m]) * s.H;
        total[m] = sum(load(sums + (p * R + i) * LANES));
        scale[m] = weight / total[m];
        double meanLogit = meanBias;
        if (s.smoothing != 0)
          for (int j = 0; j < s.H; j++) meanLogit += double(row[j]) * meanRow[j];
        const double normaliser = reference[m] + log(double(total[m])), negative = normaliser - ofTarget[m];
        values[0] += weight * ((1 - double(s.smoothing)) * negative + s.smoothing * (normaliser - meanLogit));
        values[1] += weight * negative;
        for (int j = 0; j < s.H; j++) inputSum[j] += weight * row[j];
      }
    if (gradients == nullptr) return;
    for (int p = 0; p < count; p++)
      for (int i = 0; i < rowsOf(first + p); i++) {
        const int m = (first + p) * R + i, n = real[m];
        const float weight = rowWeights[n];
        const float *target = W + size_t(targets[n]) * s.H, *product = products + size_t(p * R + i) * Hp;
        float* dx = gradients->x + size_t(n) * s.H;
        for (int j = 0; j < s.H; j++)
          dx[j] = scale[m] * product[j] - weight * ((1 - s.smoothing) * P::rounded(target[j]) + s.smoothing * meanRow[j]);
      }
  }

  /**
   * e of a group's panels, its sums by row, its products with W.
   * @param exact whether the references are final
   * @returns whether no logit was far above its reference
   */
  bool exponentials(int first, int count, const T* inputs, T* chunk, float* sums, float* products, bool exact) {
    alignas(64) float C[R * 32];
    bool near = true;
    memset(sums, 0, size_t(GROUP) * R * LANES * sizeof(float));
    for (int v0 = 0; v0 < KV; v0 += P::CHUNK)
      for (int p = 0; p < count; p++) {
        const int inPanel = rowsOf(first + p), blocks = KV - v0 < P::CHUNK ? KV - v0 : P::CHUNK;
        const T* input = inputs + size_t(p) * R * Hp;
        if (inPanel < R) memset(static_cast<void*>(chunk), 0, size_t(P::CHUNK) * R * 32 * sizeof(T));
        for (int v = v0; v < v0 + blocks; v++) {
          P::block(input, weights + size_t(v) * 32 * Hp, KH, input, weights, 0, C, 32, false, inPanel);
          T* block = chunk + size_t(v - v0) * R * 32;
          const Vec b0 = load(bias + v * 32), b1 = load(bias + v * 32 + LANES);
          const auto largest = [&](int i) { return greatest(max(load(C + i * 32) + b0, load(C + i * 32 + LANES) + b1)); };
          const int m0 = (first + p) * R;
          if (v == 0 && !exact)
            for (int i = 0; i < inPanel; i++) reference[m0 + i] = largest(i);
          Vec furthest = set(0.0f);
          for (int i = 0; i < inPanel; i++) {
            const Vec a = set(reference[m0 + i]);
            const Vec l0 = load(C + i * 32) + (b0 - a), l1 = load(C + i * 32 + LANES) + (b1 - a);
            furthest = max(furthest, max(l0, l1));
            const Vec e0 = exponential(l0), e1 = exponential(l1);
            P::storeRow(block, i, e0, e1);
            float* sumAt = sums + (p * R + i) * LANES;
            store(sumAt, load(sumAt) + (e0 + e1));
            const int at = targets[real[m0 + i]] - v * 32;
            if (at >= 0 && at < 32) ofTarget[m0 + i] = C[i * 32 + at] + bias[v * 32 + at];
          }
          if (__builtin_expect(!exact && greatest(furthest) > FAR, 0)) {
            near = false;
            for (int i = 0; i < inPanel; i++) reference[m0 + i] = fmaxf(reference[m0 + i], largest(i));
          }
          if (errors != nullptr) P::transposeBlock(block, errors + size_t(v) * 32 * padded, panels, first + p);
        }
        if (products != nullptr)
          for (int k = 0; k < KH; k++)
            P::block(chunk, columns + (size_t(k) * KV + v0) * 1024, blocks, chunk, columns, 0,
                     products + size_t(p) * R * Hp + k * 32, Hp, v0 > 0, inPanel);
      }
    return near;
  }

  void weightGradients(const float* inputSum, const LossGradients& gradients) {
    if (rows == 0) {
      memset(gradients.W, 0, size_t(s.V) * s.H * sizeof(float));
      memset(gradients.b, 0, s.V * sizeof(float));
      return;
    }
    // narrow() works on 32s
    const size_t whole = (padded + 31) / 32 * 32;
    float* scales = shared.zeros<float>(whole);
    memcpy(scales, scale, rows * sizeof(float));
    narrowScale = shared.get<T>(whole);
    P::narrow(scales, narrowScale, whole);
    T* inputs = shared.get<T>(padded * Hp);
    Workers::run(panels, s.threads, [&](int p) {
      P::packColumns([&](int m) { return m < rows ? x + size_t(real[m]) * s.H : nullptr; }, [&](int m) { return scale[m]; },
                     p * R, (p + 1) * R, int(padded), s.H, inputs);
    });
    float totalWeight = 0;
    for (int m = 0; m < rows; m++) totalWeight += rowWeights[real[m]];
    const float share = s.smoothing / s.V;
    // in pieces of the vocabulary, so that what is subtracted finds its rows in the cache
    Workers::run(KV, s.threads, [&](int v) {
      Workspace own;
      const int count = s.V - v * 32 < 32 ? s.V - v * 32 : 32;
      const bool direct = count == 32 && Hp == s.H;
      float* dW = gradients.W + size_t(v) * 32 * s.H;
      float* C = direct ? dW : own.get<float>(size_t(32) * Hp);
      const T* a = errors + size_t(v) * 32 * padded;
      P::begin();
      productOverRows<P>(a, inputs, panels, 32, Hp, C);
      P::end();
      float sums[32];
      for (int q = 0; q < 32; q += P::RT) P::weightedSums(a + q * padded, narrowScale, panels, sums + q);
      for (int i = 0; i < count; i++) {
        gradients.b[v * 32 + i] = sums[i] - share * totalWeight;
        if (share != 0 || !direct)
          for (int j = 0; j < s.H; j++) dW[size_t(i) * s.H + j] = C[size_t(i) * Hp + j] - share * inputSum[j];
      }
    });
    for (int m = 0; m < rows; m++) {
      const int n = real[m], target = targets[n];
      const float amount = (1 - s.smoothing) * rowWeights[n];
      gradients.b[target] -= amount;
      float* dW = gradients.W + size_t(target) * s.H;
      for (int j = 0; j < s.H; j++) dW[j] -= amount * x[size_t(n) * s.H + j];
    }
  }
};

}  // namespace attn
