// Memory that is kept between two calls: fresh pages would cost as much as the products.
#pragma once
#include <stdlib.h>
#include <string.h>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace attn {

/** Pieces of memory for one kernel at work, aligned for the widest loads. What is asked for first at one call has the same place at the next. */
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (Piece& piece : pieces_) free(piece.memory);
  }
  /** Room for `count` values, not cleared. @throws std::bad_alloc */
  template <class T>
  T* get(size_t count) {
    // even for no values there is a place: memset and the like may not be given none
    const size_t bytes = (count == 0 ? 4096 : count * sizeof(T) + 4095) & ~size_t(4095);
    if (used_ == pieces_.size()) pieces_.push_back({nullptr, 0});
    Piece& piece = pieces_[used_++];
    if (bytes > piece.size) {
      free(piece.memory);
      piece = {aligned_alloc(4096, bytes), bytes};
      if (piece.memory == nullptr) {
        piece.size = 0;
        throw std::bad_alloc();
      }
    }
    return static_cast<T*>(piece.memory);
  }
  template <class T>
  T* zeros(size_t count) {
    T* memory = get<T>(count);
    memset(static_cast<void*>(memory), 0, count * sizeof(T));
    return memory;
  }
  void restart() { used_ = 0; }

 private:
  struct Piece {
    void* memory;
    size_t size;
  };
  std::vector<Piece> pieces_;
  size_t used_ = 0;
};

/** An arena for as long as this lives: as many are kept as were ever in use at the same time. */
class Workspace {
 public:
  Workspace() {
    {
      std::lock_guard<std::mutex> guard(shelf().mutex);
      if (!shelf().free.empty()) {
        arena_ = std::move(shelf().free.back());
        shelf().free.pop_back();
      }
    }
    if (!arena_) arena_.reset(new Arena);
    arena_->restart();
  }
  ~Workspace() {
    std::lock_guard<std::mutex> guard(shelf().mutex);
    shelf().free.push_back(std::move(arena_));
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  template <class T>
  T* get(size_t count) {
    return arena_->get<T>(count);
  }
  template <class T>
  T* zeros(size_t count) {
    return arena_->zeros<T>(count);
  }

 private:
  struct Shelf {
    std::mutex mutex;
    std::vector<std::unique_ptr<Arena>> free;
  };
  static Shelf& shelf() {
    // never freed: TensorFlow's threads may outlive what ends with the process
    static Shelf* const shelf = new Shelf;
    return *shelf;
  }
  std::unique_ptr<Arena> arena_;
};

}  // namespace attn
