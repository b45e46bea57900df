// Layer normalisation, dropout and the update of all parameters against plain loops.
#pragma once
#include "adam.h"
#include "check.h"
#include "dropout.h"
#include "norm.h"

static void checkNorm(const NormShape& s) {
  const int N = s.N, D = s.D;
  const auto x = normal(size_t(N) * D, 3), gain = normal(D, 1), offset = normal(D, 1), dy = normal(x.size(), 1);
  vector<float> y(x.size(), NAN), dx(x.size(), NAN), dGain(D, NAN), dOffset(D, NAN);
  vector<Spread> spreads(N);
  normRows(s, x.data(), gain.data(), offset.data(), y.data(), spreads.data());
  normGradients(s, dy.data(), x.data(), spreads.data(), gain.data(), dx.data(), dGain.data(), dOffset.data());
  vector<double> Y(x.size()), DX(x.size()), DGAIN(D), DOFFSET(D), n(D);
  for (int i = 0; i < N; i++) {
    const float *row = &x[size_t(i) * D], *d = &dy[size_t(i) * D];
    double mean = 0, variance = 0, whole = 0, along = 0;
    for (int j = 0; j < D; j++) mean += double(row[j]) / D;
    for (int j = 0; j < D; j++) variance += (row[j] - mean) * (row[j] - mean) / D;
    const double scale = 1 / std::sqrt(variance + 1e-5);
    for (int j = 0; j < D; j++) {
      n[j] = (row[j] - mean) * scale;
      Y[size_t(i) * D + j] = n[j] * gain[j] + offset[j];
      whole += double(d[j]) * gain[j] / D;
      along += d[j] * n[j] * gain[j] / D;
      DGAIN[j] += d[j] * n[j];
      DOFFSET[j] += d[j];
    }
    for (int j = 0; j < D; j++) DX[size_t(i) * D + j] = (double(d[j]) * gain[j] - whole - n[j] * along) * scale;
  }
  const std::string name = "norm N" + std::to_string(N) + " D" + std::to_string(D) + " ";
  // a row of one number has no variance: what is left is rounding, many times enlarged
  compare(name + "y", y, Y, 3e-6, 1);
  compare(name + "dx", dx, DX, 3e-6, D < 4 ? 100 : 1);
  compare(name + "dgain", dGain, DGAIN, 3e-6, 1);
  compare(name + "doffset", dOffset, DOFFSET, 3e-6, 1);
}

/** One number after the other (Salmon et al. 2011). */
static void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++, k0 += 0x9e3779b9, k1 += 0xbb67ae85) {
    const uint64_t a = uint64_t(0xd2511f53) * c[0], b = uint64_t(0xcd9e8d57) * c[2];
    const uint32_t next[] = {uint32_t(b >> 32) ^ c[1] ^ k0, uint32_t(b), uint32_t(a >> 32) ^ c[3] ^ k1, uint32_t(a)};
    for (int i = 0; i < 4; i++) c[i] = next[i];
  }
}

static void checkDropout(size_t count, int dropped, int threads) {
  const auto x = normal(count, 1);
  const int32_t seed[] = {int32_t(engine()), int32_t(engine())};
  vector<float> y(count, NAN);
  dropNumbers(Dropout(seed, dropped), x.data(), count, threads, y.data());
  uint32_t key[] = {uint32_t(seed[0]), seed[0] < 0 ? ~0u : 0, uint32_t(seed[1]), seed[1] < 0 ? ~0u : 0};
  philox(key, 0x3ec8f720, 0x02461e29);
  uint32_t words[4];
  for (size_t i = 0; i < count; i++) {
    if (i % 16 == 0) {
      words[0] = uint32_t(i / 16), words[1] = 0, words[2] = key[2], words[3] = key[3];
      philox(words, key[0], key[1]);
    }
    const int byte = words[i / 4 % 4] >> (8 * (i % 4)) & 255;
    const float expected = x[i] * (byte >= dropped ? 256.0f / float(256 - dropped) : 0.0f);
    if (y[i] == expected) continue;
    failures++, printf("dropout of %d of 256: number %zu of %zu is %g, not %g\n", dropped, i, count, y[i], expected);
    return;
  }
}

static void checkAdam(const AdamShape& s) {
  const int n = between(1, 6);
  const AdamRate rate = {1e-2f, std::pow(s.beta1, 3.0f), std::pow(s.beta2, 3.0f), 1e-8f};
  vector<vector<float>> values, firsts, seconds, gradients, others;
  const bool two = between(0, 1) == 1;
  vector<Trained> trained;
  for (int i = 0; i < n; i++) {
    const size_t count = between(0, 3) == 0 ? between(1, 70000) : between(1, 90);
    values.push_back(normal(count, 1)), firsts.push_back(normal(count, .1)), gradients.push_back(normal(count, .3));
    others.push_back(normal(count, two ? .3 : 0));
    seconds.push_back(normal(count, .1));
    for (auto& x : seconds.back()) x = x * x;
  }
  const auto valuesBefore = values, firstsBefore = firsts, secondsBefore = seconds;
  for (int i = 0; i < n; i++)
    trained.push_back({values[i].data(), firsts[i].data(), seconds[i].data(), {gradients[i].data()}, values[i].size()});
  if (two)
    for (int i = 0; i < n; i++) trained[i].gradients.push_back(others[i].data());
  const float norm = AdamUpdate(trained).run(s, rate);
  double square = 0;
  const auto gradient = [&](int i, size_t j) { return double(gradients[i][j]) + others[i][j]; };
  for (int i = 0; i < n; i++)
    for (size_t j = 0; j < values[i].size(); j++) square += gradient(i, j) * gradient(i, j);
  compare("norm", {norm}, {std::sqrt(square)}, 1e-6);
  const double scale = s.clip > 0 ? std::min(1.0, s.clip / (std::sqrt(square) + 1e-6)) : 1;
  for (int i = 0; i < n; i++) {
    const size_t count = values[i].size();
    vector<double> moved(count), FIRST(count), SECOND(count);
    for (size_t j = 0; j < count; j++) {
      const double g = gradient(i, j) * scale;
      FIRST[j] = s.beta1 * double(firstsBefore[i][j]) + (1 - double(s.beta1)) * g;
      SECOND[j] = s.beta2 * double(secondsBefore[i][j]) + (1 - double(s.beta2)) * g * g;
      const double step = rate.learningRate * std::sqrt(1 - double(rate.secondPower)) / (1 - double(rate.firstPower));
      moved[j] = valuesBefore[i][j] * (1 - double(rate.learningRate) * s.decay) - step * FIRST[j] / (std::sqrt(SECOND[j]) + rate.epsilon);
    }
    const std::string name = "adam, " + std::to_string(count) + " numbers, clip " + std::to_string(s.clip) + " ";
    compare(name + "first", firsts[i], FIRST, 1e-6);
    compare(name + "second", seconds[i], SECOND, 1e-6);
    compare(name + "value", values[i], moved, 1e-6);
    auto average = valuesBefore[i];
    updateAverage(average.data(), gradients[i].data(), count, 0.1f);
    for (size_t j = 0; j < count; j++) moved[j] = valuesBefore[i][j] + 0.1f * (double(gradients[i][j]) - valuesBefore[i][j]);
    compare("average", average, moved, 1e-6);
  }
}

static void checkTraining() {
  const int threads = between(1, 3);
  checkNorm({between(1, 200), between(0, 3) == 0 ? 16 * between(1, 20) : between(1, 200), threads});
  checkDropout(between(0, 3) == 0 ? between(1, 40000) : between(1, 400), between(1, 255), threads);
  checkAdam({between(0, 1) ? 0.0f : 0.5f, 0.9f, 0.999f, between(0, 1) ? 0.0f : 0.05f, threads});
}
