// TensorFlow operations for the steps of a search. Weights come packed from AttnPack, which runs once for many steps; what it
// makes only operations of the same variant and precision can read.
#pragma once
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

struct LinearKernel {
  static constexpr const char* inputs[] = {"x: float", "w: float", "b: float", "gain: float", "offset: float", "added: float"};
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
    const LinearLayer layer = {N, K, M, norm ? gain.data() : nullptr, offset.data(), b.data(), adds ? added.data() : nullptr,
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
  static constexpr const char* inputs[] = {"x: float", "h: float", "w: float", "u: float", "b: float", "c: float"};
  static constexpr const char* outputs[] = {"state: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "threads: int"};
  static void shapes(Shapes& shapes) { shapes.set(0, {{1, 0, 2}}); }
  explicit GruStepKernel(Attributes a) : narrow(a.flag("narrow")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), h = call.inputOfRank(1, 2);
    const GruStepShape s = {int(x.size(0)), int(x.size(1)), int(h.size(1)), threads};
    if (s.E < 1 || s.H < 1) throw Failure(INVALID_ARGUMENT, "a recurrent layer needs inputs and a state");
    call.input(1, {s.N, s.H});
    const Tensor w = call.input(2), u = call.input(3), b = call.input(4, {3 * s.H}), c = call.input(5, {3 * s.H});
    const Tensor state = call.output(0, {s.N, s.H});
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
  static constexpr const char* inputs[] = {"queries: float", "keys: float", "values: float", "mask: float", "place: int32"};
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
    const int64_t B = keys.size(0);
    const AttendShape s = {int(queries.size(0)), int(keys.size(1)), int(keys.size(2)), int(keys.size(3)), scale, threads};
    if (s.heads < 1 || s.S < 1 || s.d < 1) throw Failure(INVALID_ARGUMENT, "attention needs heads and positions");
    call.input(0, {s.N, int64_t(s.heads) * s.d});
    const Tensor values = call.input(2, {B, s.heads, s.S, s.d}), mask = call.input(3, {B, s.S}), place = call.input(4, {s.N});
    const int32_t* places = rowNumbers(place, B);
    const Tensor context = call.output(0, {s.N, int64_t(s.heads) * s.d}), weights = call.output(1, {s.N, s.heads, s.S});
    attendToSource(s, queries.data(), keys.data(), values.data(), mask.data(), places, context.data(), weights.data());
  }
  const float scale;
  const int threads;
};

struct WordsKernel {
  static constexpr const char* inputs[] = {"projected: float", "keys: float", "values: float", "steps: float", "origin: int32"};
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
    const int64_t rows = keys.size(0);
    const AttendShape s = {int(projected.size(0)), int(keys.size(1)), int(keys.size(2)), int(keys.size(3)), scale, threads};
    if (s.heads < 1 || s.S < 1 || s.d < 1) throw Failure(INVALID_ARGUMENT, "attention needs heads and room for words");
    call.input(0, {s.N, 3 * int64_t(s.heads) * s.d});
    const Tensor values = call.input(2, {rows, s.heads, s.S, s.d}), steps = call.input(3, {rows, 1}), origin = call.input(4, {s.N});
    const int32_t* origins = rowNumbers(origin, rows);
    for (int64_t i = 0; i < rows; i++)
      if (!(steps.data()[i] >= 0)) throw Failure(INVALID_ARGUMENT, "a row has words before its first");
    const Tensor context = call.output(0, {s.N, int64_t(s.heads) * s.d}), newKeys = call.output(1, {s.N, s.heads, s.S, s.d}),
                 newValues = call.output(2, {s.N, s.heads, s.S, s.d});
    attendToWords(s, projected.data(), keys.data(), values.data(), steps.data(), origins, context.data(), newKeys.data(),
                  newValues.data());
  }
  const float scale;
  const int threads;
};

struct BestKernel {
  static constexpr const char* inputs[] = {"x: float", "w: float", "b: float"};
  static constexpr const char* outputs[] = {"values: float", "words: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "k: int", "threads: int"};
  static void shapes(Shapes&) {}
  explicit BestKernel(Attributes a) : narrow(a.flag("narrow")), k(a.integer("k")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), w = call.input(1), b = call.inputOfRank(2, 1);
    const BestShape s = {int(x.size(0)), int(x.size(1)), int(b.size(0)), k, threads};
    if (s.H < 1 || k < 1 || k > s.V) throw Failure(INVALID_ARGUMENT, "the best words need inputs and at least as many words");
    const Tensor values = call.output(0, {s.N, k}), words = call.output(1, {s.N, k});
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      bestWords<P>(s, x.data(), packedInput<P>(w, {s.V, s.H, 1}), b.data(), values.data(), words.data());
    });
  }
  const bool narrow;
  const int k, threads;
};

bool registerDecoding(const std::string& variant) {
  return registerKernel<PackKernel>("AttnPack_" + variant) && registerKernel<LinearKernel>("AttnLinear_" + variant) &&
         registerKernel<GruStepKernel>("AttnGruStep_" + variant) && registerKernel<SourceKernel>("AttnSource_" + variant) &&
         registerKernel<WordsKernel>("AttnWords_" + variant) && registerKernel<BestKernel>("AttnBest_" + variant);
}

}  // namespace
}  // namespace attn
