// GRU and LSTM layers beside loops in double precision.
#pragma once
#include "check.h"
#include "gru.h"
#include "lstm.h"

/** 1, and 0 for padding at the end of rows. */
static vector<float> randomMask(int T, int B) {
  vector<float> mask(size_t(T) * B, 1);
  for (int r = 0; r < B; r++)
    for (int t = T - between(0, T); t < T; t++) mask[size_t(t) * B + r] = 0;
  return mask;
}

static std::string nameOf(const char* cell, const RecurrentShape& s, bool masked, const char* precision) {
  return std::string(precision) + " " + cell + " T" + std::to_string(s.T) + " B" + std::to_string(s.B) + " E" +
         std::to_string(s.E) + " H" + std::to_string(s.H) + (s.reverse ? " reverse" : "") + (masked ? " masked " : " ");
}

template <class P>
static void checkGru(const RecurrentShape& s, bool masked, const char* precision, double tolerance) {
  const int T = s.T, B = s.B, E = s.E, H = s.H;
  const auto x = normal(size_t(T) * B * E, 1), h0 = normal(size_t(B) * H, .5), W = normal(size_t(3) * H * E, 1 / std::sqrt(E)),
             U = normal(size_t(3) * H * H, 1 / std::sqrt(H)), b = normal(3 * H, .1), c = normal(3 * H, .1),
             dy = normal(size_t(T) * B * H, 1);
  const auto mask = randomMask(T, B);
  vector<float> states(size_t(T) * B * H), dx(x.size()), dh0(h0.size()), dW(W.size()), dU(U.size()), db(3 * H), dc(3 * H);
  const Gru<P> gru(s);
  const RecurrentWeights weights = {W.data(), U.data(), b.data(), c.data()};
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
  const std::string name = nameOf("GRU", s, masked, precision);
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
static void checkLstm(const RecurrentShape& s, bool masked, const char* precision, double tolerance) {
  const int T = s.T, B = s.B, E = s.E, H = s.H;
  const auto x = normal(size_t(T) * B * E, 1), h0 = normal(size_t(B) * H, .5), c0 = normal(size_t(B) * H, .5),
             W = normal(size_t(4) * H * E, 1 / std::sqrt(E)), U = normal(size_t(4) * H * H, 1 / std::sqrt(H)),
             b = normal(4 * H, .1), c = normal(4 * H, .1), dy = normal(size_t(T) * B * H, 1), dLast = normal(size_t(B) * H, 1);
  const auto mask = randomMask(T, B);
  vector<float> states(size_t(T) * B * H), cells(states.size()), dx(x.size()), dh0(h0.size()), dc0(c0.size()), dW(W.size()),
      dU(U.size()), db(4 * H);
  const Lstm<P> lstm(s);
  const RecurrentWeights weights = {W.data(), U.data(), b.data(), c.data()};
  const float* given = masked ? mask.data() : nullptr;
  vector<typename P::Kept> kept(lstm.kept());
  lstm.forward(x.data(), given, h0.data(), c0.data(), weights, states.data(), cells.data(), kept.data());
  lstm.backward(dy.data(), dLast.data(), x.data(), given, h0.data(), c0.data(), weights, states.data(), cells.data(), kept.data(),
                {dx.data(), dh0.data(), dc0.data(), dW.data(), dU.data(), db.data()});

  vector<double> S(states.size()), C(S.size()), keep(S.size() * 4), DX(x.size()), DH(h0.size()), DC(dLast.begin(), dLast.end()),
      DW(W.size()), DU(U.size()), DB(4 * H);
  const auto at = [&](int t, int r, int j) { return (size_t(t) * B + r) * H + j; };
  const auto before = [&](const vector<double>& of, const vector<float>& initial, int i, int r, int j) -> double {
    return i == 0 ? initial[size_t(r) * H + j] : of[at(s.time(i - 1), r, j)];
  };
  const auto real = [&](int t, int r) { return !masked || mask[size_t(t) * B + r] != 0; };
  for (int i = 0; i < T; i++) {
    const int t = s.time(i);
    for (int r = 0; r < B; r++)
      for (int j = 0; j < H; j++) {
        double* k = &keep[at(t, r, j) * 4];
        for (int q = 0; q < 4; q++) {
          double sum = double(b[q * H + j]) + c[q * H + j];
          for (int e = 0; e < E; e++) sum += double(W[size_t(q * H + j) * E + e]) * x[(size_t(t) * B + r) * E + e];
          for (int e = 0; e < H; e++) sum += double(U[size_t(q * H + j) * H + e]) * before(S, h0, i, r, e);
          k[q] = q == 2 ? std::tanh(sum) : 1 / (1 + std::exp(-sum));
        }
        const double old = before(C, c0, i, r, j), cell = k[1] * old + k[0] * k[2];
        C[at(t, r, j)] = real(t, r) ? cell : old;
        S[at(t, r, j)] = real(t, r) ? k[3] * std::tanh(cell) : before(S, h0, i, r, j);
      }
  }
  vector<double> gates(size_t(4) * H);
  for (int i = T - 1; i >= 0; i--) {
    const int t = s.time(i);
    for (int r = 0; r < B; r++) {
      for (int j = 0; j < H; j++) DH[size_t(r) * H + j] += dy[at(t, r, j)];
      if (!real(t, r)) continue;
      for (int j = 0; j < H; j++) {
        const double *k = &keep[at(t, r, j) * 4], d = DH[size_t(r) * H + j], bent = std::tanh(C[at(t, r, j)]);
        double& dc = DC[size_t(r) * H + j];
        dc += d * k[3] * (1 - bent * bent);
        gates[j] = dc * k[2] * k[0] * (1 - k[0]);
        gates[H + j] = dc * before(C, c0, i, r, j) * k[1] * (1 - k[1]);
        gates[2 * H + j] = dc * k[0] * (1 - k[2] * k[2]);
        gates[3 * H + j] = d * bent * k[3] * (1 - k[3]);
        dc *= k[1];
        DH[size_t(r) * H + j] = 0;
      }
      for (int j = 0; j < 4 * H; j++) {
        DB[j] += gates[j];
        for (int e = 0; e < H; e++)
          DU[size_t(j) * H + e] += gates[j] * before(S, h0, i, r, e), DH[size_t(r) * H + e] += gates[j] * U[size_t(j) * H + e];
        for (int e = 0; e < E; e++)
          DW[size_t(j) * E + e] += gates[j] * x[(size_t(t) * B + r) * E + e],
              DX[(size_t(t) * B + r) * E + e] += gates[j] * W[size_t(j) * E + e];
      }
    }
  }
  const std::string name = nameOf("LSTM", s, masked, precision);
  const double usual = 0.05 * std::sqrt(double(T) * B);
  compare(name + "states", states, S, tolerance);
  compare(name + "cells", cells, C, tolerance);
  compare(name + "dx", dx, DX, 4 * tolerance, 1e-2);
  compare(name + "dh0", dh0, DH, 4 * tolerance, 1e-2);
  compare(name + "dc0", dc0, DC, 4 * tolerance, 1e-2);
  compare(name + "dW", dW, DW, 4 * tolerance, usual);
  compare(name + "dU", dU, DU, 4 * tolerance, usual);
  compare(name + "db", db, DB, 4 * tolerance, usual);
}
