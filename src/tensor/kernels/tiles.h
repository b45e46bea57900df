// AMX: eight tiles of 16 rows of 64 bytes, and products of two of them added to a third. With ATTN_EMULATE_TILES the same
// functions in plain C++, for tests on processors without AMX: a wrong stride or order shows there as well.
#pragma once
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

namespace attn {

#ifdef ATTN_EMULATE_TILES

struct Tiles {
  struct Tile {
    uint32_t rows[16][16];
  };
  static Tile* tiles() {
    static thread_local Tile eight[8];
    return eight;
  }
  static bool request() { return true; }
  static void begin() { memset(static_cast<void*>(tiles()), 0xa5, 8 * sizeof(Tile)); }
  static void end() {}
  template <int t>
  static void load(const void* from, size_t stride) {
    for (int i = 0; i < 16; i++) memcpy(tiles()[t].rows[i], static_cast<const char*>(from) + i * stride, 64);
  }
  template <int t>
  static void store(void* to, size_t stride) {
    for (int i = 0; i < 16; i++) memcpy(static_cast<char*>(to) + i * stride, tiles()[t].rows[i], 64);
  }
  template <int t>
  static void zero() {
    memset(static_cast<void*>(&tiles()[t]), 0, sizeof(Tile));
  }
  /** Tile c += tile a (16 x 32 bfloat16) times tile b (16 pairs of rows x 16), each pair's products one after the other. */
  template <int c, int a, int b>
  static void multiply() {
    const auto number = [](uint32_t bits) {
      float x;
      memcpy(&x, &bits, 4);
      return x;
    };
    for (int m = 0; m < 16; m++)
      for (int k = 0; k < 16; k++)
        for (int n = 0; n < 16; n++) {
          const uint32_t x = tiles()[a].rows[m][k], y = tiles()[b].rows[k][n];
          float sum = number(tiles()[c].rows[m][n]);
          sum += number(x << 16) * number(y << 16);
          sum += number(x & 0xffff0000u) * number(y & 0xffff0000u);
          memcpy(&tiles()[c].rows[m][n], &sum, 4);
        }
  }
};

#elif defined(__AMX_BF16__)

}  // namespace attn
#include <sys/syscall.h>
#include <unistd.h>
namespace attn {

struct Tiles {
  struct alignas(64) Configuration {
    uint8_t palette = 1, startRow = 0, reserved[14] = {};
    uint16_t columnBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };
  /** Asks Linux once a process for the tiles: ARCH_REQ_XCOMP_PERM. @returns whether it grants them */
  static bool request() { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }
  static void begin() {
    static const Configuration configuration;
    _tile_loadconfig(&configuration);
  }
  static void end() { _tile_release(); }
  // g++ 12's tile loads do not say that they read memory: without the barrier, stores may be moved behind them
  template <int t>
  static inline __attribute__((always_inline)) void load(const void* from, size_t stride) {
    _tile_loadd(t, from, stride);
  }
  template <int t>
  static inline __attribute__((always_inline)) void store(void* to, size_t stride) {
    _tile_stored(t, to, stride);
  }
  template <int t>
  static inline __attribute__((always_inline)) void zero() {
    _tile_zero(t);
  }
  template <int c, int a, int b>
  static inline __attribute__((always_inline)) void multiply() {
    _tile_dpbf16ps(c, a, b);
  }
};

#endif

}  // namespace attn
