// Dropout's random numbers: TensorFlow's StatelessRandomUniformFullInt (Philox 4x32-10, Salmon et al. 2011), byte for byte, so
// that a kernel drops what the graph drops. The same in TypeScript: src/tensor/ops/philox.ts.
#pragma once
#include "parallel.h"
#include "vector.h"

namespace attn {

#ifdef __AVX512F__
using Words = __m512i;
constexpr int COUNTERS = 16;
static inline Words words(uint32_t x) { return _mm512_set1_epi32(int(x)); }
static inline Words numbered() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
static inline Words plus(Words a, Words b) { return _mm512_add_epi32(a, b); }
static inline Words differ(Words a, Words b) { return _mm512_xor_si512(a, b); }
/** The upper and the lower 32 bits of products. */
static inline void multiply(Words a, Words b, Words& high, Words& low) {
  const Words even = _mm512_mul_epu32(a, b), odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), b);
  high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
  low = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
}
static inline void write(uint32_t* to, Words x) { _mm512_storeu_si512(to, x); }
#else
using Words = __m256i;
constexpr int COUNTERS = 8;
static inline Words words(uint32_t x) { return _mm256_set1_epi32(int(x)); }
static inline Words numbered() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
static inline Words plus(Words a, Words b) { return _mm256_add_epi32(a, b); }
static inline Words differ(Words a, Words b) { return _mm256_xor_si256(a, b); }
static inline void multiply(Words a, Words b, Words& high, Words& low) {
  const Words even = _mm256_mul_epu32(a, b), odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), b);
  high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}
static inline void write(uint32_t* to, Words x) { _mm256_storeu_si256((__m256i*)to, x); }
#endif

/** Which numbers of a tensor are dropped: those whose random byte is below `dropped`. The others grow accordingly. */
class Dropout {
 public:
  /** Room for bytes that are made or read beyond those asked for. */
  static constexpr size_t SLACK = 16 * COUNTERS + 64;

  /** @param seed two numbers; unused where nothing is dropped  @param dropped of 256 numbers; less than 256 */
  Dropout(const int32_t* seed, int dropped) : dropped_(dropped), scale_(256.0f / float(256 - dropped)) {
    if (dropped == 0) return;
    // the seed, its numbers widened with their signs, is scrambled once
    const auto sign = [](int32_t x) { return x < 0 ? ~0u : 0u; };
    Words c[4] = {words(uint32_t(seed[0])), words(sign(seed[0])), words(uint32_t(seed[1])), words(sign(seed[1]))};
    rounds(c, 0x3ec8f720, 0x02461e29);
    uint32_t lanes[4][COUNTERS];
    for (int i = 0; i < 4; i++) write(lanes[i], c[i]), start_[i] = lanes[i][0];
  }

  bool any() const { return dropped_ != 0; }
  float scale() const { return scale_; }

  /** The bytes of numbers [from, from + count). @param memory room for count + SLACK */
  const uint8_t* bytes(size_t from, size_t count, uint8_t* memory) const {
    const size_t first = from / 16, last = (from + count + 15) / 16;
    for (size_t counter = first; counter < last; counter += COUNTERS) {
      Words c[4] = {plus(words(uint32_t(counter)), numbered()), words(0), words(start_[2]), words(start_[3])};
      rounds(c, start_[0], start_[1]);
      uint32_t lanes[4][COUNTERS], out[COUNTERS][4];
      for (int i = 0; i < 4; i++) write(lanes[i], c[i]);
      for (int j = 0; j < COUNTERS; j++)
        for (int i = 0; i < 4; i++) out[j][i] = lanes[i][j];
      memcpy(memory + (counter - first) * 16, out, sizeof out);
    }
    return memory + from % 16;
  }

  /** The factors of 16 numbers: 0, or what the others grow by. Reads 16 bytes. */
  Vec factors(const uint8_t* bytes) const {
    const __m128i sixteen = _mm_loadu_si128((const __m128i*)bytes);
#ifdef __AVX512F__
    const __mmask16 kept = _mm512_cmpge_epi32_mask(_mm512_cvtepu8_epi32(sixteen), _mm512_set1_epi32(dropped_));
    return {_mm512_maskz_mov_ps(kept, _mm512_set1_ps(scale_))};
#else
    const __m256i limit = _mm256_set1_epi32(dropped_ - 1);
    const auto kept = [&](__m128i eight) {
      return _mm256_and_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_cvtepu8_epi32(eight), limit)), _mm256_set1_ps(scale_));
    };
    return {kept(sixteen), kept(_mm_srli_si128(sixteen, 8))};
#endif
  }

 private:
  static void rounds(Words (&c)[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
      Words high0, low0, high1, low1;
      multiply(c[0], words(0xd2511f53), high0, low0);
      multiply(c[2], words(0xcd9e8d57), high1, low1);
      c[0] = differ(differ(high1, c[1]), words(k0));
      c[1] = low1;
      c[2] = differ(differ(high0, c[3]), words(k1));
      c[3] = low0;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
  }

  int dropped_;
  float scale_;
  uint32_t start_[4] = {};  // the key, and the upper half of every counter
};

/** y = x with some numbers dropped; the gradient of x is the same of the gradient of y. */
inline void dropNumbers(const Dropout& dropout, const float* x, size_t count, int threads, float* y) {
  constexpr size_t PART = 8192;
  Workers::run(int((count + PART - 1) / PART), threads, [&](int part) {
    const size_t from = part * PART;
    const int size = int(count - from < PART ? count - from : PART);
    uint8_t memory[PART + Dropout::SLACK];
    const uint8_t* bytes = dropout.bytes(from, size, memory);
    for (int j = 0; j < size; j += LANES)
      storePart(y + from + j, loadPart(x + from + j, size - j) * dropout.factors(bytes + j), size - j);
  });
}

}  // namespace attn
