// Clipping by the global norm and Adam, for all parameters of a model: one pass over the gradients, one over everything. The
// formulas are those of src/tensor/optimizers.ts.
#pragma once
#include <vector>
#include "parallel.h"
#include "vector.h"

namespace attn {

/** A parameter, its moments and the parts whose sum is its gradient, all with `count` numbers. */
struct Trained {
  float *value, *first, *second;
  std::vector<const float*> gradients;
  size_t count;
  /** Numbers [at, at + 16) of the gradient, of which `rest` are there. */
  Vec gradient(size_t at, int rest) const {
    Vec sum = loadPart(gradients[0] + at, rest);
    for (size_t i = 1; i < gradients.size(); i++) sum = sum + loadPart(gradients[i] + at, rest);
    return sum;
  }
};

struct AdamShape {
  float clip;  // the largest norm of all gradients together; 0: no limit
  float beta1, beta2, decay;
  int threads;
};

/** What changes from step to step; `epsilon` is already multiplied by sqrt(1 - secondPower). */
struct AdamRate {
  float learningRate, firstPower, secondPower, epsilon;
};

class AdamUpdate {
 public:
  explicit AdamUpdate(const std::vector<Trained>& trained) : trained(trained) {
    for (size_t i = 0; i < trained.size(); i++)
      for (size_t from = 0; from < trained[i].count; from += PART) parts.push_back({i, from});
  }

  /** @returns the norm of all gradients together, before clipping */
  float run(const AdamShape& s, const AdamRate& rate) const {
    const float norm = gradientNorm(s.threads);
    float scale = 1;
    // NaN stays, so that training stops
    if (s.clip > 0 && !(s.clip / (norm + 1e-6f) >= 1)) scale = s.clip / (norm + 1e-6f);
    Workers::run(int(parts.size()), s.threads, [&](int part) { update(parts[part], s, rate, scale); });
    return norm;
  }

 private:
  static constexpr size_t PART = 16384;
  struct Part {
    size_t trained, from;
  };
  const std::vector<Trained>& trained;
  std::vector<Part> parts;

  size_t countOf(const Part& part) const {
    const size_t rest = trained[part.trained].count - part.from;
    return rest < PART ? rest : PART;
  }

  /** Sums by parts: the same whatever the number of threads. */
  float gradientNorm(int threads) const {
    std::vector<double> squares(parts.size());
    Workers::run(int(parts.size()), threads, [&](int part) {
      const Trained& t = trained[parts[part].trained];
      const int count = int(countOf(parts[part]));
      Vec sums[4] = {set(0), set(0), set(0), set(0)};
      for (int j = 0; j < count; j += 4 * LANES)
        for (int k = 0; k < 4; k++) {
          const int at = j + k * LANES;
          if (at >= count) break;
          const Vec x = t.gradient(parts[part].from + at, count - at);
          sums[k] = fma(x, x, sums[k]);
        }
      squares[part] = double(sum((sums[0] + sums[1]) + (sums[2] + sums[3])));
    });
    double all = 0;
    for (const double square : squares) all += square;
    return float(sqrt(all));
  }

  void update(const Part& part, const AdamShape& s, const AdamRate& rate, float scale) const {
    const Trained& t = trained[part.trained];
    const int count = int(countOf(part));
    float *value = t.value + part.from, *first = t.first + part.from, *second = t.second + part.from;
    const Vec step = set(rate.learningRate * sqrtf(1 - rate.secondPower) / (1 - rate.firstPower)), epsilon = set(rate.epsilon);
    const Vec kept = set(1 - rate.learningRate * s.decay), rise1 = set(1 - s.beta1), rise2 = set(1 - s.beta2);
    for (int j = 0; j < count; j += LANES) {
      const int rest = count - j;
      const Vec g = t.gradient(part.from + j, rest) * set(scale);
      Vec m = loadPart(first + j, rest), v = loadPart(second + j, rest);
      m = fma(g - m, rise1, m);
      v = fma(g * g - v, rise2, v);
      storePart(first + j, m, rest);
      storePart(second + j, v, rest);
      // with the lanes beyond the end 0 / epsilon is 0, and nothing of them is stored
      storePart(value + j, fnma(step, m / (squareRoot(v) + epsilon), loadPart(value + j, rest) * kept), rest);
    }
  }
};

/** average += rate (value - average), for `count` numbers. */
inline void updateAverage(float* average, const float* value, size_t count, float rate) {
  for (size_t j = 0; j < count; j += LANES) {
    const int rest = count - j < LANES ? int(count - j) : LANES;
    const Vec old = loadPart(average + j, rest);
    storePart(average + j, fma(set(rate), loadPart(value + j, rest) - old, old), rest);
  }
}

}  // namespace attn
