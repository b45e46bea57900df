// What the checks of kernels share: random numbers and comparison.
#pragma once
#include <stdio.h>
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>
#include "vector.h"
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
