// TensorFlow operations for the steps of a search. Weights come packed from AttnPack, which runs once for many steps; what it
// makes only operations of the same variant and precision can read. A step has a fixed number of rows, of which the first
// `count` are in use: only these are computed, and the outputs of the others are zeros, unless it says otherwise.
#pragma once
#include <string.h>
#include <algorithm>
#include "attend.h"
#include "best.h"
#include "precision.h"
#include "tensorflow.h"

namespace attn {
namespace {

/** Packed weights given as input `index`. */
template <class P>
const typename P::T* packedInput(const Tensor& tensor, const PackedShape& shape) {
  if (tensor.count() != shape.floats<P>()) throw Failure(INVALID_ARGUMENT, "packed weights have another size than the rest asks for");
  return tensor.data<typename P::T>();
}

/** Numbers of rows, each in [0, rows). */
const int32_t* rowNumbers(const Tensor& tensor, int64_t rows) {
  const int32_t* numbers = tensor.data<int32_t>();
  for (int64_t i = 0; i < tensor.count(); i++)
    if (numbers[i] < 0 || numbers[i] >= rows)
      throw Failure(INVALID_ARGUMENT, "row " + std::to_string(numbers[i]) + " is not in [0, " + std::to_string(rows) + ")");
  return numbers;
}

/** The number of rows in use, which input `index` says. */
int rowsInUse(Call& call, int index, int64_t rows) {
  const Tensor tensor = call.input(index, {1});
  const int32_t count = *tensor.data<int32_t>();
  if (count < 0 || count > rows)
    throw Failure(INVALID_ARGUMENT, std::to_string(count) + " rows are in use, of " + std::to_string(rows));
  return count;
}

/** Zeros after the first `rows` rows. */
void clearAfter(const Tensor& tensor, int64_t rows) {
  const int64_t used = tensor.count() / std::max<int64_t>(tensor.size(0), 1) * rows;
  memset(tensor.data() + used, 0, (tensor.count() - used) * sizeof(float));
}

struct PackKernel {
  static constexpr const char* inputs[] = {"w: float"};
  static constexpr const char* outputs[] = {"packed: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "parts: int", "threads: int"};
  static void shapes(Shapes&) {}
  explicit PackKernel(Attributes a) : narrow(a.flag("narrow")), parts(a.integer("parts")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor w = call.inputOfRank(0, 2);
    const PackedShape s = {int(w.size(0)), int(w.size(1)), parts};
    if (parts < 1 || s.rows % parts != 0) throw Failure(INVALID_ARGUMENT, "the rows of packed weights need parts of one size");
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      const Tensor packed = call.output(0, {s.floats<P>()});
      packWeights<P>(s, w.data(), packed.data<typename P::T>(), threads);
    });
  }
  const bool narrow;
  const int parts, threads;
};

struct PickKernel {
  static constexpr const char* inputs[] = {"old: float", "added: float", "rows: int32"};
  static constexpr const char* outputs[] = {"picked: float"};
  static constexpr const char* attributes[] = {"threads: int"};
  static void shapes(Shapes& shapes) { shapes.set(0, {{2, 0, 1}, {0, 1, 2}}); }
  explicit PickKernel(Attributes a) : threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor old = call.inputOfRank(0, 2), added = call.inputOfRank(1, 2), rows = call.inputOfRank(2, 1);
    const int64_t size = old.size(1), before = old.size(0), N = rows.size(0);
    call.input(1, {added.size(0), size});
    const int32_t* from = rows.data<int32_t>();
    for (int64_t i = 0; i < N; i++)
      if (from[i] >= before + added.size(0)) throw Failure(INVALID_ARGUMENT, "there is no row " + std::to_string(from[i]));
    const Tensor picked = call.output(0, {N, size});
    const int pieces = int(std::min<int64_t>(threads, N));
    Workers::run(pieces, threads, [&](int piece) {
      for (int64_t i = N * piece / pieces; i < N * (piece + 1) / pieces; i++) {
        if (from[i] < 0) continue;
        const float* row = from[i] < before ? old.data() + from[i] * size : added.data() + (from[i] - before) * size;
        memcpy(picked.data() + i * size, row, size * sizeof(float));
      }
    });
  }
  const int threads;
};

struct LinearKernel {
  static constexpr const char* inputs[] = {"x: float", "w: float", "b: float", "gain: float", "offset: float",
                                           "added: float", "count: int32"};
  static constexpr const char* outputs[] = {"y: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "activation: int", "threads: int"};
  static void shapes(Shapes& shapes) { shapes.set(0, {{0, 0, 1}, {2, 0, 1}}); }
  explicit LinearKernel(Attributes a)
      : narrow(a.flag("narrow")), activation(Activation(a.integer("activation"))), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), w = call.input(1), b = call.inputOfRank(2, 1), gain = call.input(3), offset = call.input(4),
                 added = call.input(5);
    const int N = int(x.size(0)), K = int(x.size(1)), M = int(b.size(0));
    if (K < 1 || M < 1) throw Failure(INVALID_ARGUMENT, "a linear layer needs inputs and outputs");
    // a tensor without values: none
    const bool norm = gain.count() != 0, adds = added.count() != 0;
    if (norm) {
      call.input(3, {K});
      call.input(4, {K});
    }
    if (adds) call.input(5, {N, M});
    const Tensor y = call.output(0, {N, M});
    const int count = rowsInUse(call, 6, N);
    clearAfter(y, count);
    const LinearLayer layer = {count, K, M, norm ? gain.data() : nullptr, offset.data(), b.data(), adds ? added.data() : nullptr,
                               activation, threads};
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      linearLayer<P>(layer, x.data(), packedInput<P>(w, {M, K, 1}), y.data());
    });
  }
  const bool narrow;
  const Activation activation;
  const int threads;
};

struct GruStepKernel {
  static constexpr const char* inputs[] = {"x: float", "h: float", "w: float", "u: float", "b: float", "c: float", "count: int32"};
  static constexpr const char* outputs[] = {"state: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "threads: int"};
  static void shapes(Shapes& shapes) { shapes.set(0, {{1, 0, 2}}); }
  explicit GruStepKernel(Attributes a) : narrow(a.flag("narrow")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), h = call.inputOfRank(1, 2);
    const int64_t N = x.size(0);
    const GruStepShape s = {rowsInUse(call, 6, N), int(x.size(1)), int(h.size(1)), threads};
    if (s.E < 1 || s.H < 1) throw Failure(INVALID_ARGUMENT, "a recurrent layer needs inputs and a state");
    call.input(1, {N, s.H});
    const Tensor w = call.input(2), u = call.input(3), b = call.input(4, {3 * s.H}), c = call.input(5, {3 * s.H});
    const Tensor state = call.output(0, {N, s.H});
    clearAfter(state, s.N);
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      gruStep<P>(s, x.data(), h.data(), packedInput<P>(w, {3 * s.H, s.E, 3}), packedInput<P>(u, {3 * s.H, s.H, 3}), b.data(),
                 c.data(), state.data());
    });
  }
  const bool narrow;
  const int threads;
};

struct SourceKernel {
  static constexpr const char* inputs[] = {"queries: float", "keys: float", "values: float", "mask: float", "place: int32",
                                           "count: int32"};
  static constexpr const char* outputs[] = {"context: float", "weights: float"};
  static constexpr const char* attributes[] = {"scale: float", "threads: int"};
  // weights: rows, heads, positions
  static void shapes(Shapes& shapes) {
    shapes.set(0, {{0, 0, 2}});
    shapes.set(1, {{0, 0, 1}, {1, 1, 3}});
  }
  explicit SourceKernel(Attributes a) : scale(a.number("scale")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor queries = call.inputOfRank(0, 2), keys = call.inputOfRank(1, 4);
    const int64_t B = keys.size(0), N = queries.size(0);
    const AttendShape s = {rowsInUse(call, 5, N), int(keys.size(1)), int(keys.size(2)), int(keys.size(3)), scale, threads};
    if (s.heads < 1 || s.S < 1 || s.d < 1) throw Failure(INVALID_ARGUMENT, "attention needs heads and positions");
    call.input(0, {N, int64_t(s.heads) * s.d});
    const Tensor values = call.input(2, {B, s.heads, s.S, s.d}), mask = call.input(3, {B, s.S}), place = call.input(4, {N});
    const int32_t* places = rowNumbers(place, B);
    const Tensor context = call.output(0, {N, int64_t(s.heads) * s.d}), weights = call.output(1, {N, s.heads, s.S});
    clearAfter(context, s.N);
    clearAfter(weights, s.N);
    attendToSource(s, queries.data(), keys.data(), values.data(), mask.data(), places, context.data(), weights.data());
  }
  const float scale;
  const int threads;
};

struct WordsKernel {
  static constexpr const char* inputs[] = {"projected: float", "keys: float", "values: float", "steps: float", "origin: int32",
                                           "count: int32"};
  static constexpr const char* outputs[] = {"context: float", "newkeys: float", "newvalues: float"};
  static constexpr const char* attributes[] = {"scale: float", "threads: int"};
  // the context's size is known only from both inputs together
  static void shapes(Shapes& shapes) {
    shapes.set(1, {{0, 0, 1}, {1, 1, 4}});
    shapes.set(2, {{0, 0, 1}, {1, 1, 4}});
  }
  explicit WordsKernel(Attributes a) : scale(a.number("scale")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor projected = call.inputOfRank(0, 2), keys = call.inputOfRank(1, 4);
    const int64_t rows = keys.size(0), N = projected.size(0);
    const AttendShape s = {rowsInUse(call, 5, N), int(keys.size(1)), int(keys.size(2)), int(keys.size(3)), scale, threads};
    if (s.heads < 1 || s.S < 1 || s.d < 1) throw Failure(INVALID_ARGUMENT, "attention needs heads and room for words");
    call.input(0, {N, 3 * int64_t(s.heads) * s.d});
    const Tensor values = call.input(2, {rows, s.heads, s.S, s.d}), steps = call.input(3, {rows, 1}), origin = call.input(4, {N});
    const int32_t* origins = rowNumbers(origin, rows);
    for (int i = 0; i < s.N; i++)
      if (!(steps.data()[origins[i]] >= 0)) throw Failure(INVALID_ARGUMENT, "a row has words before its first");
    // the new caches of rows that are not in use stay undefined
    const Tensor context = call.output(0, {N, int64_t(s.heads) * s.d}), newKeys = call.output(1, {N, s.heads, s.S, s.d}),
                 newValues = call.output(2, {N, s.heads, s.S, s.d});
    clearAfter(context, s.N);
    attendToWords(s, projected.data(), keys.data(), values.data(), steps.data(), origins, context.data(), newKeys.data(),
                  newValues.data());
  }
  const float scale;
  const int threads;
};

struct BestKernel {
  static constexpr const char* inputs[] = {"x: float", "w: float", "b: float", "count: int32"};
  static constexpr const char* outputs[] = {"values: float", "words: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "k: int", "threads: int"};
  static void shapes(Shapes&) {}
  explicit BestKernel(Attributes a) : narrow(a.flag("narrow")), k(a.integer("k")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), w = call.input(1), b = call.inputOfRank(2, 1);
    const int64_t N = x.size(0);
    const BestShape s = {rowsInUse(call, 3, N), int(x.size(1)), int(b.size(0)), k, threads};
    if (s.H < 1 || k < 1 || k > s.V) throw Failure(INVALID_ARGUMENT, "the best words need inputs and at least as many words");
    const Tensor values = call.output(0, {N, k}), words = call.output(1, {N, k});
    clearAfter(values, s.N);
    clearAfter(words, s.N);
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      bestWords<P>(s, x.data(), packedInput<P>(w, {s.V, s.H, 1}), b.data(), values.data(), words.data());
    });
  }
  const bool narrow;
  const int k, threads;
};

bool registerDecoding(const std::string& variant) {
  return registerKernel<PackKernel>("AttnPack_" + variant) && registerKernel<PickKernel>("AttnPick_" + variant) &&
         registerKernel<LinearKernel>("AttnLinear_" + variant) &&
         registerKernel<GruStepKernel>("AttnGruStep_" + variant) && registerKernel<SourceKernel>("AttnSource_" + variant) &&
         registerKernel<WordsKernel>("AttnWords_" + variant) && registerKernel<BestKernel>("AttnBest_" + variant);
}

}  // namespace
}  // namespace attn
