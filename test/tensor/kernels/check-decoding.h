// The kernels of a search beside loops in double precision.
#pragma once
#include "attend.h"
#include "best.h"
#include "check.h"

template <class P>
static vector<typename P::T> packedOf(const PackedShape& s, const vector<float>& W, int threads) {
  // as many as the operation's output has, so that the sanitizers see what is beyond
  vector<typename P::T> packed(s.template floats<P>() * sizeof(float) / sizeof(typename P::T));
  packWeights<P>(s, W.data(), packed.data(), threads);
  return packed;
}

static std::string sizes(const char* what, const char* precision, std::initializer_list<int> numbers) {
  std::string name = std::string(precision) + " " + what;
  for (int number : numbers) name += " " + std::to_string(number);
  return name + " ";
}

template <class P>
static void checkLinear(int N, int K, int M, bool norm, bool adds, Activation activation, int threads, const char* precision,
                        double tolerance) {
  const auto x = normal(size_t(N) * K, 1), W = normal(size_t(M) * K, 1 / std::sqrt(K)), b = normal(M, .5), gain = normal(K, 1),
             offset = normal(K, .5), added = normal(size_t(N) * M, 1);
  const auto packed = packedOf<P>({M, K, 1}, W, threads);
  vector<float> y(size_t(N) * M, NAN);
  linearLayer<P>({N, K, M, norm ? gain.data() : nullptr, offset.data(), b.data(), adds ? added.data() : nullptr, activation, threads},
                 x.data(), packed.data(), y.data());
  vector<double> Y(y.size()), in(K);
  for (int i = 0; i < N; i++) {
    double mean = 0, variance = 0;
    for (int j = 0; j < K; j++) mean += double(x[size_t(i) * K + j]) / K;
    for (int j = 0; j < K; j++) variance += (x[size_t(i) * K + j] - mean) * (x[size_t(i) * K + j] - mean) / K;
    for (int j = 0; j < K; j++)
      in[j] = norm ? (x[size_t(i) * K + j] - mean) / std::sqrt(variance + 1e-5) * gain[j] + offset[j] : x[size_t(i) * K + j];
    for (int m = 0; m < M; m++) {
      double sum = b[m];
      for (int j = 0; j < K; j++) sum += double(W[size_t(m) * K + j]) * in[j];
      if (activation == RELU) sum = std::max(sum, 0.0);
      if (activation == TANH) sum = std::tanh(sum);
      Y[size_t(i) * M + m] = sum + (adds ? added[size_t(i) * M + m] : 0);
    }
  }
  compare(sizes("linear N K M norm added activation", precision, {N, K, M, norm, adds, activation}), y, Y, tolerance, 0.1);
}

template <class P>
static void checkGruStep(int N, int E, int H, int threads, const char* precision, double tolerance) {
  const auto x = normal(size_t(N) * E, 1), h = normal(size_t(N) * H, .5), W = normal(size_t(3) * H * E, 1 / std::sqrt(E)),
             U = normal(size_t(3) * H * H, 1 / std::sqrt(H)), b = normal(3 * H, .1), c = normal(3 * H, .1);
  const auto w = packedOf<P>({3 * H, E, 3}, W, threads), u = packedOf<P>({3 * H, H, 3}, U, threads);
  vector<float> state(h.size(), NAN);
  gruStep<P>({N, E, H, threads}, x.data(), h.data(), w.data(), u.data(), b.data(), c.data(), state.data());
  vector<double> S(h.size());
  for (int i = 0; i < N; i++)
    for (int j = 0; j < H; j++) {
      double px[3], ph[3];
      for (int q = 0; q < 3; q++) {
        px[q] = b[q * H + j];
        ph[q] = c[q * H + j];
        for (int e = 0; e < E; e++) px[q] += double(W[size_t(q * H + j) * E + e]) * x[size_t(i) * E + e];
        for (int e = 0; e < H; e++) ph[q] += double(U[size_t(q * H + j) * H + e]) * h[size_t(i) * H + e];
      }
      const double R = 1 / (1 + std::exp(-px[0] - ph[0])), Z = 1 / (1 + std::exp(-px[1] - ph[1])),
                   n = std::tanh(px[2] + R * ph[2]), before = h[size_t(i) * H + j];
      S[size_t(i) * H + j] = before + (1 - Z) * (n - before);
    }
  compare(sizes("GRU step N E H", precision, {N, E, H}), state, S, tolerance, 0.1);
}

template <class P>
static void checkBest(int N, int H, int V, int k, double spread, int threads, const char* precision, double tolerance) {
  const auto x = normal(size_t(N) * H, 1);
  auto W = normal(size_t(V) * H, spread / std::sqrt(H)), b = normal(V, .5);
  // ties: some words are the same as another
  for (int n = 0; n < V / 4; n++) {
    const int from = between(0, V - 1), to = between(0, V - 1);
    std::copy_n(&W[size_t(from) * H], H, &W[size_t(to) * H]);
    b[to] = b[from];
  }
  const auto packed = packedOf<P>({V, H, 1}, W, threads);
  vector<float> values(size_t(N) * k, NAN), words(values.size(), NAN);
  bestWords<P>({N, H, V, k, threads}, x.data(), packed.data(), b.data(), values.data(), words.data());
  const std::string name = sizes("best words N H V k", precision, {N, H, V, k});
  vector<double> logs(V), OWN(values.size()), BEST(values.size());
  for (int i = 0; i < N; i++) {
    double largest = -INFINITY, sum = 0;
    for (int v = 0; v < V; v++) {
      logs[v] = b[v];
      for (int j = 0; j < H; j++) logs[v] += double(W[size_t(v) * H + j]) * x[size_t(i) * H + j];
      largest = std::max(largest, logs[v]);
    }
    for (double log : logs) sum += std::exp(log - largest);
    vector<bool> seen(V, false);
    for (double& log : logs) log = std::max(log - largest - std::log(sum), std::log(1e-37));
    for (int n = 0; n < k; n++) {
      const float value = values[size_t(i) * k + n], word = words[size_t(i) * k + n];
      if (!(word >= 0 && word < V) || word != std::floor(word) || seen[int(word)]) {
        failures++, printf("%s: %g is no word, or is there twice\n", name.c_str(), word);
        return;
      }
      seen[int(word)] = true;
      OWN[size_t(i) * k + n] = logs[int(word)];
      if (n == 0) continue;
      const float before = values[size_t(i) * k + n - 1];
      if (value > before) failures++, printf("%s: not sorted\n", name.c_str());
      if (value == before && value > -85 && logs[int(word)] == logs[int(words[size_t(i) * k + n - 1])] &&
          word < words[size_t(i) * k + n - 1])
        failures++, printf("%s: of equal words not the first\n", name.c_str());
    }
    std::sort(logs.begin(), logs.end(), std::greater<double>());
    std::copy_n(logs.begin(), k, &BEST[size_t(i) * k]);
  }
  // the values are those of the words, and no others are larger
  compare(name + "values", values, OWN, tolerance, 1);
  compare(name + "largest", values, BEST, tolerance, 1);
}

/** Rows of the same place give the same, whoever shares it; positions of padding have weight 0. */
static void checkSource(int N, int B, int heads, int S, int d, int threads) {
  const size_t D = size_t(heads) * d;
  const auto q = normal(N * D, 1), k = normal(B * D * S, 1), v = normal(B * D * S, 1);
  vector<float> mask(size_t(B) * S, 0), context(N * D, NAN), weights(size_t(N) * heads * S, NAN);
  for (int i = 0; i < B; i++) std::fill_n(&mask[size_t(i) * S], between(1, S), 1.0f);
  vector<int32_t> place(N);
  for (auto& p : place) p = between(0, B - 1);
  const float scale = float(1 / std::sqrt(d));
  attendToSource({N, heads, S, d, scale, threads}, q.data(), k.data(), v.data(), mask.data(), place.data(), context.data(),
                 weights.data());
  vector<double> C(context.size()), A(weights.size());
  for (int i = 0; i < N; i++)
    for (int h = 0; h < heads; h++) {
      const size_t own = size_t(i) * heads + h, source = (size_t(place[i]) * heads + h) * S;
      double total = 0;
      for (int s = 0; s < S; s++) {
        double score = 0;
        for (int j = 0; j < d; j++) score += double(q[own * d + j]) * k[(source + s) * d + j];
        A[own * S + s] = mask[size_t(place[i]) * S + s] == 0 ? 0 : std::exp(score * scale);
        total += A[own * S + s];
      }
      for (int s = 0; s < S; s++) {
        A[own * S + s] /= total;
        if (A[own * S + s] == 0 && weights[own * S + s] != 0) failures++, printf("padding has weight %g\n", weights[own * S + s]);
        for (int j = 0; j < d; j++) C[own * d + j] += A[own * S + s] * v[(source + s) * d + j];
      }
    }
  const std::string name = sizes("attention to the source N B heads S d", "", {N, B, heads, S, d});
  compare(name + "context", context, C, 2e-6, 0.1);
  compare(name + "weights", weights, A, 2e-6);
}

/** What the cache holds beyond a row's words is not read: here it is not a number. */
static void checkWords(int N, int rows, int heads, int S, int d, int threads) {
  const size_t D = size_t(heads) * d;
  const auto x = normal(N * 3 * D, 1);
  vector<float> keys(rows * D * S, NAN), values(keys.size(), NAN), steps(rows), context(N * D, NAN), newKeys(N * D * S, NAN),
      newValues(newKeys.size(), NAN);
  for (int r = 0; r < rows; r++) {
    steps[r] = float(between(0, S));  // S: a row that goes on after its end
    for (int h = 0; h < heads; h++)
      for (int s = 0; s < std::min(int(steps[r]), S - 1); s++)
        for (int j = 0; j < d; j++) {
          const size_t at = ((size_t(r) * heads + h) * S + s) * d + j;
          keys[at] = normal(1, 1)[0];
          values[at] = normal(1, 1)[0];
        }
  }
  vector<int32_t> origin(N);
  for (auto& o : origin) o = between(0, rows - 1);
  const float scale = float(1 / std::sqrt(d));
  attendToWords({N, heads, S, d, scale, threads}, x.data(), keys.data(), values.data(), steps.data(), origin.data(),
                context.data(), newKeys.data(), newValues.data());
  vector<double> C(context.size());
  bool same = true;
  for (int i = 0; i < N; i++)
    for (int h = 0; h < heads; h++) {
      const int before = std::min(int(steps[origin[i]]), S - 1);
      const auto cached = [&](const vector<float>& cache, int part, int s, int j) {
        return s == before ? x[size_t(i) * 3 * D + part * D + h * d + j]
                           : cache[((size_t(origin[i]) * heads + h) * S + s) * d + j];
      };
      vector<double> weights(before + 1);
      double total = 0;
      for (int s = 0; s <= before; s++) {
        double score = 0;
        for (int j = 0; j < d; j++) score += double(x[size_t(i) * 3 * D + h * d + j]) * cached(keys, 1, s, j);
        total += weights[s] = std::exp(score * scale);
      }
      for (int s = 0; s <= before; s++)
        for (int j = 0; j < d; j++) {
          const size_t at = ((size_t(i) * heads + h) * S + s) * d + j;
          same = same && newKeys[at] == cached(keys, 1, s, j) && newValues[at] == cached(values, 2, s, j);
          C[i * D + h * d + j] += weights[s] / total * cached(values, 2, s, j);
        }
    }
  const std::string name = sizes("attention to the words N rows heads S d", "", {N, rows, heads, S, d});
  if (!same) failures++, printf("%s: the cache is not the one before and the new word\n", name.c_str());
  compare(name + "context", context, C, 2e-6, 0.1);
}

template <class P>
static void checkDecoding(const char* precision, double tolerance) {
  const auto size = [](int most) { return between(0, 3) == 0 ? 32 * between(1, most / 32) : between(1, most); };
  const int N = between(1, 97), threads = between(1, 3);
  checkLinear<P>(N, size(70), size(100), between(0, 1), between(0, 1), Activation(between(0, 2)), threads, precision, 2 * tolerance);
  checkGruStep<P>(N, size(70), size(70), threads, precision, tolerance);
  const int V = size(300);
  const double spread = between(0, 3) == 0 ? 40 : 2;  // far from a row's first words, and below all numbers
  checkBest<P>(N, size(70), V, between(1, std::min(V, 12)), spread, threads, precision, spread > 10 ? 8 * tolerance : 4 * tolerance);
  checkSource(N, between(1, 20), between(1, 4), between(1, 40), size(70), threads);
  checkWords(N, between(1, 20), between(1, 4), between(1, 40), size(70), threads);
}
