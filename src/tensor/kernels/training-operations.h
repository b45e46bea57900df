// TensorFlow operations for what is left of a training step around products: dropout, layer normalisation, and the update of
// all parameters.
#pragma once
#include "adam.h"
#include "dropout.h"
#include "norm.h"
#include "tensorflow.h"

namespace attn {
namespace {

/** Also its own gradient: what is dropped follows from the seed again. */
struct DropoutKernel {
  static constexpr const char* inputs[] = {"x: float", "seed: int32"};
  static constexpr const char* outputs[] = {"y: float"};
  // `dropped` of 256 numbers; `call` is added to the seed's second number
  static constexpr const char* attributes[] = {"dropped: int", "call: int", "threads: int"};
  static void shapes(Shapes& shapes) { shapes.same(0, 0); }
  explicit DropoutKernel(Attributes a) : dropped(a.integer("dropped")), call(a.integer("call")), threads(a.integer("threads")) {
    if (dropped < 0 || dropped > 255) throw Failure(INVALID_ARGUMENT, "of 256 numbers 0 to 255 can be dropped");
  }
  void operator()(Call& context) const {
    const Tensor x = context.input(0), seed = context.input(1, {2});
    const int32_t* given = seed.data<int32_t>();
    const int32_t own[] = {given[0], int32_t(uint32_t(given[1]) + uint32_t(call))};
    dropNumbers(Dropout(own, dropped), x.data(), size_t(x.count()), threads, context.outputLike(0, x).data());
  }
  const int dropped, call, threads;
};

struct NormKernel {
  static constexpr const char* inputs[] = {"x: float", "gain: float", "offset: float"};
  static constexpr const char* outputs[] = {"y: float", "spreads: float"};
  static constexpr const char* attributes[] = {"threads: int"};
  static void shapes(Shapes& shapes) { shapes.same(0, 0); }
  explicit NormKernel(Attributes a) : threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(0, 2);
    const NormShape s = {int(x.size(0)), int(x.size(1)), threads};
    const Tensor gain = call.input(1, {s.D}), offset = call.input(2, {s.D});
    const Tensor y = call.outputLike(0, x), spreads = call.output(1, {s.N, 2});
    normRows(s, x.data(), gain.data(), offset.data(), y.data(), spreads.data<Spread>());
  }
  const int threads;
};

struct NormGradKernel {
  static constexpr const char* inputs[] = {"dy: float", "x: float", "spreads: float", "gain: float"};
  static constexpr const char* outputs[] = {"dx: float", "dgain: float", "doffset: float"};
  static constexpr const char* attributes[] = {"threads: int"};
  static void shapes(Shapes& shapes) {
    shapes.same(0, 1);
    shapes.same(1, 3);
    shapes.same(2, 3);
  }
  explicit NormGradKernel(Attributes a) : threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const Tensor x = call.inputOfRank(1, 2);
    const NormShape s = {int(x.size(0)), int(x.size(1)), threads};
    const Tensor dy = call.input(0, {s.N, s.D}), spreads = call.input(2, {s.N, 2}), gain = call.input(3, {s.D});
    const Tensor dx = call.outputLike(0, x), dGain = call.output(1, {s.D}), dOffset = call.output(2, {s.D});
    normGradients(s, dy.data(), x.data(), spreads.data<const Spread>(), gain.data(), dx.data(), dGain.data(), dOffset.data());
  }
  const int threads;
};

/**
 * Parameters and moments are the values that reading the variables gives, which are the variables' own memory: they are changed
 * where they are. TensorFlow's C API has no way to ask for a variable. Everything else that uses these values must have run
 * before; `RecordingStep.changeInPlace` sees to it.
 */
struct AdamKernel {
  static constexpr const char* inputs[] = {"parameters: n * float", "first: n * float",  "second: n * float",  "gradients: m * float",
                                           "rate: float",           "firstpower: float", "secondpower: float", "epsilon: float"};
  static constexpr const char* outputs[] = {"norm: float"};
  // m gradients, m / n parts of each: first one of every parameter, then the next
  static constexpr const char* attributes[] = {"n: int >= 1",  "m: int >= 1",  "clip: float", "beta1: float",
                                               "beta2: float", "decay: float", "threads: int"};
  static constexpr bool stateful = true;
  static void shapes(Shapes&) {}
  explicit AdamKernel(Attributes a)
      : n(a.integer("n")),
        m(a.integer("m")),
        shape{a.number("clip"), a.number("beta1"), a.number("beta2"), a.number("decay"), a.integer("threads")} {
    if (m % n != 0) throw Failure(INVALID_ARGUMENT, "every parameter needs as many gradients as the others");
  }
  void operator()(Call& call) const {
    const std::vector<Tensor> tensors = call.inputs(0, 3 * n + m);
    std::vector<Trained> trained;
    for (int i = 0; i < n; i++) {
      const int64_t count = tensors[i].count();
      for (int other = i + n; other < 3 * n + m; other += n)
        if (tensors[other].count() != count) throw Failure(INVALID_ARGUMENT, "a parameter, its moments and its gradients need the same size");
      std::vector<const float*> gradients;
      for (int j = 3 * n + i; j < 3 * n + m; j += n) gradients.push_back(tensors[j].data());
      trained.push_back({tensors[i].data(), tensors[n + i].data(), tensors[2 * n + i].data(), gradients, size_t(count)});
    }
    const auto number = [&](int index) { return *call.input(3 * n + m + index, {}).data(); };
    const float norm = AdamUpdate(trained).run(shape, {number(0), number(1), number(2), number(3)});
    *call.output(0, {}).data() = norm;
  }
  const int n, m;
  const AdamShape shape;
};

/** Running averages of all parameters, changed where they are like `AdamKernel`'s. */
struct AverageKernel {
  static constexpr const char* inputs[] = {"averages: n * float", "parameters: n * float", "rate: float"};
  static constexpr const char* outputs[] = {"applied: float"};
  static constexpr const char* attributes[] = {"n: int >= 1", "threads: int"};
  static constexpr bool stateful = true;
  static void shapes(Shapes&) {}
  explicit AverageKernel(Attributes a) : n(a.integer("n")), threads(a.integer("threads")) {}
  void operator()(Call& call) const {
    const std::vector<Tensor> tensors = call.inputs(0, 2 * n);
    for (int i = 0; i < n; i++)
      if (tensors[i].count() != tensors[n + i].count()) throw Failure(INVALID_ARGUMENT, "a parameter and its average need the same size");
    const float rate = *call.input(2 * n, {}).data();
    Workers::run(n, threads, [&](int i) {
      updateAverage(tensors[i].data(), tensors[n + i].data(), size_t(tensors[i].count()), rate);
    });
    *call.output(0, {}).data() = rate;
  }
  const int n, threads;
};

bool registerTraining(const std::string& variant) {
  return registerKernel<DropoutKernel>("AttnDropout_" + variant) && registerKernel<NormKernel>("AttnNorm_" + variant) &&
         registerKernel<NormGradKernel>("AttnNormGrad_" + variant) && registerKernel<AdamKernel>("AttnAdam_" + variant) &&
         registerKernel<AverageKernel>("AttnAverage_" + variant);
}

}  // namespace
}  // namespace attn
