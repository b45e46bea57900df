// The kernels against plain loops in double precision, over random shapes: `check SHAPES SEED`. Compiled by kernels.test.ts
// for each variant with AddressSanitizer and UBSan. Prints what is wrong and ends with 1.
#include <stdio.h>
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>
#include "gru.h"
#include "loss.h"
using namespace attn;
using std::vector;

static std::mt19937 engine;
static int failures = 0;

static vector<float> normal(size_t n, double scale) {
  std::normal_distribution<float> d(0, float(scale));
  vector<float> v(n);
  for (auto& x : v) x = d(engine);
  return v;
}
static int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); }

/** Compares by the root mean square of the difference, relative to that of the values. */
static void compare(const std::string& what, const vector<float>& found, const vector<double>& expected, double tolerance,
                    double scale = 0) {
  double error = 0, square = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    if (!std::isfinite(found[i])) error = INFINITY;
    error += (found[i] - expected[i]) * (found[i] - expected[i]);
    square += expected[i] * expected[i];
  }
  const double size = std::max({std::sqrt(square), scale * std::sqrt(double(expected.size())), 1e-20});
  if (std::sqrt(error) / size <= tolerance) return;
  failures++;
  printf("%s: relative difference %.2e, allowed %.0e\n", what.c_str(), std::sqrt(error) / size, tolerance);
}

template <class P>
static void checkGru(const GruShape& s, bool masked, const char* precision, double tolerance) {
  const int T = s.T, B = s.B, E = s.E, H = s.H;
  const auto x = normal(size_t(T) * B * E, 1), h0 = normal(size_t(B) * H, .5), W = normal(size_t(3) * H * E, 1 / std::sqrt(E)),
             U = normal(size_t(3) * H * H, 1 / std::sqrt(H)), b = normal(3 * H, .1), c = normal(3 * H, .1),
             dy = normal(size_t(T) * B * H, 1);
  vector<float> mask(size_t(T) * B, 1);
  for (int r = 0; r < B; r++)
    for (int t = T - between(0, T); t < T; t++) mask[size_t(t) * B + r] = 0;
  vector<float> states(size_t(T) * B * H), dx(x.size()), dh0(h0.size()), dW(W.size()), dU(U.size()), db(3 * H), dc(3 * H);
  const Gru<P> gru(s);
  const GruWeights weights = {W.data(), U.data(), b.data(), c.data()};
  vector<typename P::Kept> kept(gru.kept());
  gru.forward(x.data(), masked ? mask.data() : nullptr, h0.data(), weights, states.data(), kept.data());
  gru.backward(dy.data(), x.data(), h0.data(), weights, states.data(), kept.data(),
               {dx.data(), dh0.data(), dW.data(), dU.data(), db.data(), dc.data()});

  vector<double> S(states.size()), keep(S.size() * 4), DX(x.size()), DH(h0.size()), DW(W.size()), DU(U.size()), DB(3 * H), DC(3 * H);
  const auto at = [&](int t, int r) { return size_t(t) * B + r; };
  const auto before = [&](int i, int r, int j) -> double {
    return i == 0 ? h0[size_t(r) * H + j] : S[at(s.time(i - 1), r) * H + j];
  };
  for (int i = 0; i < T; i++) {
    const int t = s.time(i);
    for (int r = 0; r < B; r++)
      for (int j = 0; j < H; j++) {
        double px[3], ph[3];
        for (int q = 0; q < 3; q++) {
          px[q] = b[q * H + j];
          ph[q] = c[q * H + j];
          for (int e = 0; e < E; e++) px[q] += double(W[size_t(q * H + j) * E + e]) * x[at(t, r) * E + e];
          for (int e = 0; e < H; e++) ph[q] += double(U[size_t(q * H + j) * H + e]) * before(i, r, e);
        }
        const double R = 1 / (1 + std::exp(-px[0] - ph[0]));
        const double Z = masked && mask[at(t, r)] == 0 ? 1 : 1 / (1 + std::exp(-px[1] - ph[1]));
        const double N = std::tanh(px[2] + R * ph[2]), h = before(i, r, j);
        S[at(t, r) * H + j] = h + (1 - Z) * (N - h);
        const double four[] = {R, Z, N, ph[2]};
        std::copy(four, four + 4, &keep[(at(t, r) * H + j) * 4]);
      }
  }
  vector<double> gates(size_t(4) * H);
  for (int i = T - 1; i >= 0; i--) {
    const int t = s.time(i);
    for (int r = 0; r < B; r++) {
      for (int j = 0; j < H; j++) {
        const double* k = &keep[(at(t, r) * H + j) * 4];
        const double d = dy[at(t, r) * H + j] + DH[size_t(r) * H + j], dn = d * (1 - k[1]) * (1 - k[2] * k[2]);
        gates[j] = dn * k[3] * k[0] * (1 - k[0]);
        gates[H + j] = d * (before(i, r, j) - k[2]) * k[1] * (1 - k[1]);
        gates[2 * H + j] = dn * k[0];
        gates[3 * H + j] = dn;
        DH[size_t(r) * H + j] = d * k[1];
      }
      for (int j = 0; j < 3 * H; j++) {
        const double gu = gates[j], gw = j < 2 * H ? gates[j] : gates[j + H];
        DB[j] += gw;
        DC[j] += gu;
        for (int e = 0; e < H; e++) DU[size_t(j) * H + e] += gu * before(i, r, e), DH[size_t(r) * H + e] += gu * U[size_t(j) * H + e];
        for (int e = 0; e < E; e++)
          DW[size_t(j) * E + e] += gw * x[at(t, r) * E + e], DX[at(t, r) * E + e] += gw * W[size_t(j) * E + e];
      }
    }
  }
  const std::string name = std::string(precision) + " GRU T" + std::to_string(T) + " B" + std::to_string(B) + " E" +
                           std::to_string(E) + " H" + std::to_string(H) + (s.reverse ? " reverse" : "") + (masked ? " masked " : " ");
  // a sum over rows may cancel: its error is measured by what such a sum usually is
  const double usual = 0.05 * std::sqrt(double(T) * B);
  compare(name + "states", states, S, tolerance);
  compare(name + "dx", dx, DX, 4 * tolerance, 1e-2);
  compare(name + "dh0", dh0, DH, 4 * tolerance, 1e-2);
  compare(name + "dW", dW, DW, 4 * tolerance, usual);
  compare(name + "dU", dU, DU, 4 * tolerance, usual);
  compare(name + "db", db, DB, 4 * tolerance, usual);
  compare(name + "dc", dc, DC, 4 * tolerance, usual);
  if (masked)
    for (int i = 0; i < T; i++)
      for (int r = 0; r < B; r++)
        if (mask[at(s.time(i), r)] == 0)
          for (int j = 0; j < H; j++)
            if (states[at(s.time(i), r) * H + j] != (i == 0 ? h0[size_t(r) * H + j] : states[at(s.time(i - 1), r) * H + j])) {
              failures++;
              printf("%sa state changed at a step of padding\n", name.c_str());
              return;
            }
}

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
    checkGru<P>({T, B, size(70), size(70), between(0, 1) == 1, threads}, between(0, 1) == 1, precision, tolerance);
    const double spread = i % 5 == 4 ? 60 : 2;  // logits far above a row's first ones
    const int padding = i % 7 == 6 ? 100 : 20;
    checkLoss<P>({between(1, 400), size(70), 1 + size(300), between(0, 1) ? 0.1f : 0, threads}, spread, padding, precision,
                 spread > 10 ? 10 * tolerance : tolerance);
  }
}

int main(int count, char** words) {
  const int shapes = count > 1 ? atoi(words[1]) : 20;
  engine.seed(count > 2 ? atoi(words[2]) : 1);
  checkFunctions();
  checkAll<Float32>(shapes, "float32", 1e-6);
#ifdef __AVX512BF16__
  checkAll<BFloat16>(shapes, "bfloat16", 8e-3);
#endif
  printf("%d wrong\n", failures);
  return failures > 0;
}
