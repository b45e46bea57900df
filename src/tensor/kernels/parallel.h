// Work in parts that do not depend on each other, on as many threads as a kernel may use. Which thread does which part, and
// how many threads there are, changes no number: parts are cut by size alone.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace attn {

class Workers {
 public:
  /** Calls work(0) to work(parts - 1), on this thread and up to `threads` - 1 others. The first exception is thrown here. */
  static void run(int parts, int threads, const std::function<void(int)>& work) {
    if (parts <= 1 || threads <= 1) {
      for (int part = 0; part < parts; part++) work(part);
      return;
    }
    const auto job = std::make_shared<Job>(parts, work);
    shared().help(job, (threads < parts ? threads : parts) - 1);
    job->takePart();
    std::unique_lock<std::mutex> lock(job->mutex);
    job->done.wait(lock, [&] { return job->finished == job->parts; });
    if (job->error) std::rethrow_exception(job->error);
  }

 private:
  struct Job {
    Job(int parts, const std::function<void(int)>& work) : parts(parts), work(work) {}
    /** Does parts until none is left. `work` is the caller's, who waits for every part. */
    void takePart() {
      for (int part; (part = next++) < parts;) {
        std::exception_ptr thrown;
        try {
          work(part);
        } catch (...) {
          thrown = std::current_exception();
        }
        std::lock_guard<std::mutex> guard(mutex);
        if (thrown && !error) error = thrown;
        if (++finished == parts) done.notify_all();
      }
    }
    const int parts;
    const std::function<void(int)>& work;
    std::atomic<int> next{0};
    std::mutex mutex;
    std::condition_variable done;
    int finished = 0;
    std::exception_ptr error;
  };

  static Workers& shared() {
    // never freed: its threads wait for work until the process ends
    static Workers* const workers = new Workers;
    return *workers;
  }

  void help(const std::shared_ptr<Job>& job, int helpers) {
    std::lock_guard<std::mutex> guard(mutex_);
    for (int i = 0; i < helpers; i++) jobs_.push_back(job);
    while (waiting_ < int(jobs_.size())) {
      try {
        std::thread([this] { serve(); }).detach();
      } catch (const std::system_error&) {
        break;  // no more threads to be had: those there are, and the caller, do the work
      }
      waiting_++;
    }
    wanted_.notify_all();
  }

  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wanted_.wait(lock, [&] { return !jobs_.empty(); });
      const std::shared_ptr<Job> job = std::move(jobs_.front());
      jobs_.pop_front();
      waiting_--;
      lock.unlock();
      job->takePart();
      lock.lock();
      waiting_++;
    }
  }

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::shared_ptr<Job>> jobs_;
  int waiting_ = 0;
};

}  // namespace attn
