// TensorFlow operations AttnGru, AttnLstm, their gradients, and AttnLoss, their names followed by the variant that they were compiled for;
// those of a search are in decoding-operations.h, the others of a training step in training-operations.h. Loading the library registers them.
#include "decoding-operations.h"
#include "gru.h"
#include "loss.h"
#include "lstm.h"
#include "precision.h"
#include "tensorflow.h"
#include "training-operations.h"

#ifndef ATTN_VARIANT
#error "-DATTN_VARIANT=avx2 says what this is compiled for"
#endif
#define ATTN_TEXT_OF(x) #x
#define ATTN_TEXT(x) ATTN_TEXT_OF(x)

namespace attn {
namespace {

RecurrentShape shapeOf(const Tensor& x, const Tensor& initial, bool reverse, int threads) {
  const RecurrentShape s = {int(x.size(0)), int(x.size(1)), int(x.size(2)), int(initial.size(1)), reverse, threads};
  if (s.T < 1 || s.B < 1 || s.E < 1 || s.H < 1) throw Failure(INVALID_ARGUMENT, "a recurrent layer needs steps, rows, inputs and a state");
  return s;
}

/** How many float32 hold what a forward pass keeps. */
template <class P>
int64_t keptFloats(const Recurrent<P>& layer) {
  return int64_t((layer.kept() * sizeof(typename P::Kept) + sizeof(float) - 1) / sizeof(float));
}

struct GruKernel {
  static constexpr const char* inputs[] = {"x: float",    "mask: float", "initial: float", "w: float",
                                           "u: float",    "b: float",    "c: float"};
  static constexpr const char* outputs[] = {"states: float", "kept: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "gradients: bool", "reverse: bool", "threads: int"};
  static void shapes(Shapes& shapes) {
    // what is kept has a size that only this library knows
    shapes.set(0, {{0, 0, 2}, {2, 1, 2}});
  }
  explicit GruKernel(Attributes a)
      : narrow(a.flag("narrow")), gradients(a.flag("gradients")), reverse(a.flag("reverse")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 3), initial = call.inputOfRank(2, 2);
    const RecurrentShape s = shapeOf(x, initial, reverse, threads);
    call.input(2, {s.B, s.H});
    const Tensor mask = call.input(1), w = call.input(3, {3 * s.H, s.E}), u = call.input(4, {3 * s.H, s.H}),
                 b = call.input(5, {3 * s.H}), c = call.input(6, {3 * s.H});
    // no mask is a tensor without values
    if (mask.count() != 0) call.input(1, {s.T, s.B});
    const Tensor states = call.output(0, {s.T, s.B, s.H});
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      const Gru<P> gru(s);
      const Tensor kept = call.output(1, {gradients ? keptFloats(gru) : 0});
      gru.forward(x.data(), mask.count() == 0 ? nullptr : mask.data(), initial.data(), {w.data(), u.data(), b.data(), c.data()},
                  states.data(), gradients ? kept.data<typename P::Kept>() : nullptr);
    });
  }
  const bool narrow, gradients, reverse;
  const int threads;
};

struct GruGradKernel {
  static constexpr const char* inputs[] = {"dstates: float", "x: float",      "initial: float", "w: float",
                                           "u: float",       "states: float", "kept: float"};
  static constexpr const char* outputs[] = {"dx: float", "dinitial: float", "dw: float", "du: float", "db: float", "dc: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "reverse: bool", "threads: int"};
  static void shapes(Shapes& shapes) {
    shapes.set(0, {{1, 0, 3}});
    shapes.set(1, {{2, 0, 2}});
    shapes.set(2, {{3, 0, 2}});
    shapes.set(3, {{4, 0, 2}});
    shapes.set(4, {{3, 0, 1}});
    shapes.set(5, {{3, 0, 1}});
  }
  explicit GruGradKernel(Attributes a) : narrow(a.flag("narrow")), reverse(a.flag("reverse")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(1, 3), initial = call.inputOfRank(2, 2);
    const RecurrentShape s = shapeOf(x, initial, reverse, threads);
    const Tensor dStates = call.input(0, {s.T, s.B, s.H}), w = call.input(3, {3 * s.H, s.E}), u = call.input(4, {3 * s.H, s.H}),
                 states = call.input(5, {s.T, s.B, s.H});
    call.input(2, {s.B, s.H});
    const Tensor dx = call.output(0, {s.T, s.B, s.E}), dInitial = call.output(1, {s.B, s.H}), dW = call.output(2, {3 * s.H, s.E}),
                 dU = call.output(3, {3 * s.H, s.H}), db = call.output(4, {3 * s.H}), dc = call.output(5, {3 * s.H});
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      const Gru<P> gru(s);
      const Tensor kept = call.input(6, {keptFloats(gru)});
      gru.backward(dStates.data(), x.data(), initial.data(), {w.data(), u.data(), nullptr, nullptr}, states.data(),
                   kept.data<typename P::Kept>(),
                   {dx.data(), dInitial.data(), dW.data(), dU.data(), db.data(), dc.data()});
    });
  }
  const bool narrow, reverse;
  const int threads;
};

struct LstmKernel {
  static constexpr const char* inputs[] = {"x: float", "mask: float", "initial: float", "cell: float",
                                           "w: float", "u: float",    "b: float",       "c: float"};
  // h after every step, and after those C after the last; C after every step; what only this library knows
  static constexpr const char* outputs[] = {"states: float", "cells: float", "kept: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "gradients: bool", "reverse: bool", "threads: int"};
  static void shapes(Shapes& shapes) { shapes.set(1, {{0, 0, 2}, {2, 1, 2}}); }
  explicit LstmKernel(Attributes a)
      : narrow(a.flag("narrow")), gradients(a.flag("gradients")), reverse(a.flag("reverse")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 3), initial = call.inputOfRank(2, 2);
    const RecurrentShape s = shapeOf(x, initial, reverse, threads);
    call.input(2, {s.B, s.H});
    const Tensor mask = call.input(1), cell = call.input(3, {s.B, s.H}), w = call.input(4, {4 * s.H, s.E}),
                 u = call.input(5, {4 * s.H, s.H}), b = call.input(6, {4 * s.H}), c = call.input(7, {4 * s.H});
    if (mask.count() != 0) call.input(1, {s.T, s.B});
    const Tensor states = call.output(0, {s.T + 1, s.B, s.H}), cells = call.output(1, {s.T, s.B, s.H});
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      const Lstm<P> lstm(s);
      const Tensor kept = call.output(2, {gradients ? keptFloats(lstm) : 0});
      lstm.forward(x.data(), mask.count() == 0 ? nullptr : mask.data(), initial.data(), cell.data(),
                   {w.data(), u.data(), b.data(), c.data()}, states.data(), cells.data(),
                   gradients ? kept.data<typename P::Kept>() : nullptr);
    });
    const size_t step = size_t(s.B) * s.H;
    memcpy(states.data() + s.T * step, cells.data() + s.time(s.T - 1) * step, step * sizeof(float));
  }
  const bool narrow, gradients, reverse;
  const int threads;
};

struct LstmGradKernel {
  static constexpr const char* inputs[] = {"dstates: float", "x: float", "mask: float",   "initial: float", "cell: float",
                                           "w: float",       "u: float", "states: float", "cells: float",   "kept: float"};
  static constexpr const char* outputs[] = {"dx: float", "dinitial: float", "dcell: float", "dw: float", "du: float", "db: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "reverse: bool", "threads: int"};
  static void shapes(Shapes& shapes) {
    shapes.set(0, {{1, 0, 3}});
    shapes.set(1, {{3, 0, 2}});
    shapes.set(2, {{4, 0, 2}});
    shapes.set(3, {{5, 0, 2}});
    shapes.set(4, {{6, 0, 2}});
    shapes.set(5, {{5, 0, 1}});
  }
  explicit LstmGradKernel(Attributes a) : narrow(a.flag("narrow")), reverse(a.flag("reverse")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(1, 3), initial = call.inputOfRank(3, 2);
    const RecurrentShape s = shapeOf(x, initial, reverse, threads);
    const Tensor dStates = call.input(0, {s.T + 1, s.B, s.H}), mask = call.input(2), cell = call.input(4, {s.B, s.H}),
                 w = call.input(5, {4 * s.H, s.E}), u = call.input(6, {4 * s.H, s.H}),
                 states = call.input(7, {s.T + 1, s.B, s.H}), cells = call.input(8, {s.T, s.B, s.H});
    call.input(3, {s.B, s.H});
    if (mask.count() != 0) call.input(2, {s.T, s.B});
    const Tensor dx = call.output(0, {s.T, s.B, s.E}), dInitial = call.output(1, {s.B, s.H}), dCell = call.output(2, {s.B, s.H}),
                 dW = call.output(3, {4 * s.H, s.E}), dU = call.output(4, {4 * s.H, s.H}), db = call.output(5, {4 * s.H});
    inPrecision(narrow, [&](auto precision) {
      using P = decltype(precision);
      const Lstm<P> lstm(s);
      const Tensor kept = call.input(9, {keptFloats(lstm)});
      lstm.backward(dStates.data(), dStates.data() + size_t(s.T) * s.B * s.H, x.data(), mask.count() == 0 ? nullptr : mask.data(),
                    initial.data(), cell.data(), {w.data(), u.data(), nullptr, nullptr}, states.data(), cells.data(),
                    kept.data<typename P::Kept>(),
                    {dx.data(), dInitial.data(), dCell.data(), dW.data(), dU.data(), db.data()});
    });
  }
  const bool narrow, reverse;
  const int threads;
};

struct LossKernel {
  static constexpr const char* inputs[] = {"x: float", "w: float", "b: float", "targets: int32", "weights: float"};
  static constexpr const char* outputs[] = {"value: float", "dx: float", "dw: float", "db: float"};
  static constexpr const char* attributes[] = {"narrow: bool", "gradients: bool", "smoothing: float", "threads: int"};
  static void shapes(Shapes& shapes) {
    // gradients are empty where none are asked for: their shapes are left open
    shapes.setVector(0, 2);
  }
  explicit LossKernel(Attributes a)
      : narrow(a.flag("narrow")), gradients(a.flag("gradients")), smoothing(a.number("smoothing")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2), w = call.inputOfRank(1, 2);
    const LossShape s = {int(x.size(0)), int(x.size(1)), int(w.size(0)), smoothing, threads};
    if (s.H < 1 || s.V < 1) throw Failure(INVALID_ARGUMENT, "a loss needs inputs and a vocabulary");
    call.input(1, {s.V, s.H});
    const Tensor b = call.input(2, {s.V}), targets = call.input(3, {s.N}), weights = call.input(4, {s.N});
    for (int i = 0; i < s.N; i++)
      if (const int32_t target = targets.data<int32_t>()[i]; target < 0 || target >= s.V)
        throw Failure(INVALID_ARGUMENT, "target " + std::to_string(target) + " is not in [0, " + std::to_string(s.V) + ")");
    const Tensor value = call.output(0, {2});
    const int64_t some = gradients ? 1 : 0;
    const Tensor dx = call.output(1, {some * s.N, s.H}), dW = call.output(2, {some * s.V, s.H}), db = call.output(3, {some * s.V});
    const LossGradients out = {dx.data(), dW.data(), db.data()};
    inPrecision(narrow, [&](auto precision) {
      OutputLoss<decltype(precision)>(s, x.data(), w.data(), b.data(), targets.data<int32_t>(), weights.data())
          .run(value.data(), gradients ? &out : nullptr);
    });
  }
  const bool narrow, gradients;
  const float smoothing;
  const int threads;
};

bool registered = false;

__attribute__((constructor)) void registerAll() {
  const std::string variant = ATTN_TEXT(ATTN_VARIANT);
  registered = registerKernel<GruKernel>("AttnGru_" + variant) && registerKernel<GruGradKernel>("AttnGruGrad_" + variant) &&
               registerKernel<LstmKernel>("AttnLstm_" + variant) && registerKernel<LstmGradKernel>("AttnLstmGrad_" + variant) &&
               registerKernel<LossKernel>("AttnLoss_" + variant) && registerTraining(variant) && registerDecoding(variant);
}

}  // namespace
}  // namespace attn

/** Whether the operations are there and this process may use them. Called once, after loading. */
extern "C" __attribute__((visibility("default"))) int AttnKernelsReady() {
#ifdef __AMX_BF16__
  if (!attn::Tiles::request()) return 0;
#endif
  return attn::registered;
}
