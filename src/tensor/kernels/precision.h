// The precision of a kernel's products, from its attribute `narrow`.
#pragma once
#include "panels.h"

namespace attn {

// where products of bfloat16 have no instructions, float32 is as fast, and more exact
#ifdef __AVX512BF16__
using Narrow = BFloat16;
#else
using Narrow = Float32;
#endif

/** `work` with the precision of the products. */
template <class Work>
void inPrecision(bool narrow, Work work) {
  if (narrow) work(Narrow());
  else work(Float32());
}

}  // namespace attn
