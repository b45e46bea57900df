// The kernels against plain loops in double precision, over random shapes: `check SHAPES SEED`. Compiled by kernels.test.ts
// for each variant with AddressSanitizer and UBSan. Prints what is wrong and ends with 1.
#include "check-decoding.h"
#include "check-recurrent.h"
#include "check-training.h"
#include "loss.h"

template <class P>
static void checkLoss(const LossShape& s, double spread, int padding, const char* precision, double tolerance) {
  const int N = s.N, H = s.H, V = s.V;
  const auto x = normal(size_t(N) * H, 1), W = normal(size_t(V) * H, spread / std::sqrt(H)), b = normal(V, .5);
  vector<int32_t> targets(N);
  vector<float> weights(N);
  for (int i = 0; i < N; i++) targets[i] = between(0, V - 1), weights[i] = between(0, 99) < padding ? 0 : 1.0f / N;
  vector<float> value(2), alone(2), dx(x.size(), NAN), dW(W.size(), NAN), db(V, NAN);
  const LossGradients gradients = {dx.data(), dW.data(), db.data()};
  OutputLoss<P>(s, x.data(), W.data(), b.data(), targets.data(), weights.data()).run(value.data(), &gradients);
  OutputLoss<P>(s, x.data(), W.data(), b.data(), targets.data(), weights.data()).run(alone.data(), nullptr);

  vector<double> DX(x.size()), DW(W.size()), DB(V), VALUE(2), l(V);
  const double e = s.smoothing;
  for (int i = 0; i < N; i++) {
    double largest = -INFINITY, sum = 0, mean = 0;
    for (int v = 0; v < V; v++) {
      l[v] = b[v];
      for (int j = 0; j < H; j++) l[v] += double(W[size_t(v) * H + j]) * x[size_t(i) * H + j];
      largest = std::max(largest, l[v]);
      mean += l[v] / V;
    }
    for (int v = 0; v < V; v++) sum += std::exp(l[v] - largest);
    const double z = largest + std::log(sum), negative = z - l[targets[i]];
    VALUE[0] += weights[i] * ((1 - e) * negative + e * (z - mean));
    VALUE[1] += weights[i] * negative;
    for (int v = 0; v < V; v++) {
      const double d = weights[i] * (std::exp(l[v] - z) - (v == targets[i] ? 1 - e : 0) - e / V);
      DB[v] += d;
      for (int j = 0; j < H; j++) DW[size_t(v) * H + j] += d * x[size_t(i) * H + j], DX[size_t(i) * H + j] += d * W[size_t(v) * H + j];
    }
  }
  const std::string name = std::string(precision) + " loss N" + std::to_string(N) + " H" + std::to_string(H) + " V" +
                           std::to_string(V) + " smoothing " + std::to_string(e) + " spread " + std::to_string(spread) + " ";
  compare(name + "value", value, VALUE, tolerance, 1e-1);
  compare(name + "dx", dx, DX, 4 * tolerance, 1e-2 / N);
  compare(name + "dW", dW, DW, 4 * tolerance, 1e-2 / N);
  compare(name + "db", db, DB, 4 * tolerance, 1e-1 / N);
  if (value != alone) failures++, printf("%sthe value alone is another\n", name.c_str());
}

/** The functions of numbers, on values of every size. */
static void checkFunctions() {
  double worst[3] = {};
  for (double base = -86; base <= 86; base += 0.01) {
    float in[LANES], out[3][LANES];
    for (int i = 0; i < LANES; i++) in[i] = float((base + i * 6e-4) * (i % 2 ? 1 : 1e-3));
    store(out[0], exponential(load(in)));
    store(out[1], sigmoid(load(in)));
    store(out[2], hyperbolicTangent(load(in)));
    for (int i = 0; i < LANES; i++) {
      const double x = in[i], exact[] = {std::exp(x), 1 / (1 + std::exp(-x)), std::tanh(x)};
      for (int f = 0; f < 3; f++)
        if (exact[f] != 0) worst[f] = std::max(worst[f], std::fabs(out[f][i] / exact[f] - 1));
    }
  }
  const double allowed[] = {3e-7, 6e-7, 4e-7};
  for (int f = 0; f < 3; f++)
    if (worst[f] > allowed[f]) failures++, printf("function %d: relative error %.1e\n", f, worst[f]);
  float out[LANES];
  store(out, exponential(set(NAN)));
  if (!std::isnan(out[3])) failures++, printf("exp(NaN) is %g\n", out[3]);
}

template <class P>
static void checkAll(int shapes, const char* precision, double tolerance) {
  for (int i = 0; i < shapes; i++) {
    // one size of four is a multiple of 32: other ways through the code
    const auto size = [](int most) { return between(0, 3) == 0 ? 32 * between(1, most / 32) : between(1, most); };
    const int T = between(0, 3) == 0 ? between(1, 40) : between(1, 8), B = between(1, 97), threads = between(1, 3);
    const RecurrentShape shape = {T, B, size(70), size(70), between(0, 1) == 1, threads};
    checkGru<P>(shape, between(0, 1) == 1, precision, tolerance);
    checkLstm<P>(shape, between(0, 1) == 1, precision, tolerance);
    const double spread = i % 5 == 4 ? 60 : 2;  // logits far above a row's first ones
    const int padding = i % 7 == 6 ? 100 : 20;
    checkLoss<P>({between(1, 400), size(70), 1 + size(300), between(0, 1) ? 0.1f : 0, threads}, spread, padding, precision,
                 spread > 10 ? 10 * tolerance : tolerance);
    checkDecoding<P>(precision, tolerance);
  }
}

int main(int count, char** words) {
  const int shapes = count > 1 ? atoi(words[1]) : 20;
  engine.seed(count > 2 ? atoi(words[2]) : 1);
  checkFunctions();
  for (int i = 0; i < shapes; i++) checkTraining();
  checkAll<Float32>(shapes, "float32", 1e-6);
#ifdef __AVX512BF16__
  checkAll<BFloat16>(shapes, "bfloat16", 8e-3);
#endif
  printf("%d wrong\n", failures);
  return failures > 0;
}
