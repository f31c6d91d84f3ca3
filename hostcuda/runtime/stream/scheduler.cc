// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One mutex guards all queues; a worker holds it for a few instructions between two jobs.
#include "hostcuda/runtime/stream/scheduler.h"

#include <algorithm>
#include <deque>
#include <mutex>

#include "hostcuda/runtime/stream/worker.h"

namespace hostcuda {
namespace {

class Scheduler {
 public:
  static Scheduler& get() {
    static Scheduler& scheduler = *new Scheduler;  // workers may outlive static destruction
    return scheduler;
  }

  Ticket enqueue(const std::shared_ptr<Stream>& stream, std::unique_ptr<Job> job) {
    Wakes wakes;
    const std::lock_guard lock(mutex_);
    add_implicit_waits(*stream, *job);
    append(*stream, std::move(job));
    if (!stream->active) {
      busy_.push_back(stream);
      activate(stream, wakes);
    }
    return {stream, stream->submitted};
  }

  std::vector<Ticket> ends(const std::shared_ptr<Stream>& stream) {
    const std::lock_guard lock(mutex_);
    std::vector<Ticket> tickets{{stream, stream->submitted}};
    if (stream->legacy) {
      for (const auto& other : busy_) {
        if (other->blocking && !other->legacy) {
          tickets.push_back({other, other->submitted});
        }
      }
    }
    return tickets;
  }

  bool idle(const Stream& stream) {
    const std::lock_guard lock(mutex_);
    return !stream.active && (!stream.blocking || stream.legacy || !legacy_stream()->active) &&
           (!stream.legacy || std::none_of(busy_.begin(), busy_.end(),
                                           [](const auto& other) { return other->blocking; }));
  }

  /// Does on this thread, which would only wait meanwhile, what `ticket` needs and no worker has
  /// begun.
  void help(const Ticket& ticket) {
    std::unique_lock lock(mutex_);
    help_to(ticket, lock);
  }

  /// Has `signal` raised when the place is reached; false if it is reached already.
  bool watch(const Ticket& ticket, Signal* signal) {
    const std::lock_guard lock(mutex_);
    if (ticket.reached()) {
      return false;
    }
    ticket.stream->waiters.push_back({ticket.place, nullptr, signal});
    return true;
  }

  std::vector<Ticket> given_before(uint64_t order, const Stream* apart) {
    const std::lock_guard lock(mutex_);
    std::vector<Ticket> tickets;
    for (const auto& stream : busy_) {
      if (stream.get() != apart) {
        tickets.push_back({stream, place_before(*stream, order)});
      }
    }
    return tickets;
  }

  void drop(const Stream* apart) {
    for (std::unique_ptr<Job>& jobs : take_queued(apart)) {
      free_jobs(std::move(jobs));
    }
  }

  void work(Worker& self) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (self.coming) {
        self.coming = false;
        std::erase(coming_, &self);
      }
      if (self.stream == nullptr && !ready_.empty()) {
        self.stream = std::move(ready_.front());
        ready_.pop_front();
      }
      if (self.stream != nullptr) {
        step(self, lock);
      } else if (idle_.size() >= idle_limit()) {
        spare_.push_back(&self);
        return;
      } else {
        self.woken.lower();
        idle_.push_back(&self);
        lock.unlock();
        self.woken.wait();
        lock.lock();
      }
    }
  }

  /// No job is begun any more; waits a second at most for those that run.
  void stop() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (int wait = 0; running_ > 0 && wait < 1000; ++wait) {
      lock.unlock();
      pause_for_a_millisecond();
      lock.lock();
    }
  }

 private:
  /// What the legacy stream and the blocking streams wait for in each other.
  void add_implicit_waits(Stream& stream, Job& job) {
    if (!stream.blocking || (current().task && current().stream->blocking)) {
      return;
    }
    std::vector<Ticket> tickets;
    if (!stream.legacy) {
      const std::shared_ptr<Stream>& legacy = legacy_stream();
      if (legacy->active && legacy->submitted > stream.legacy_place) {
        stream.legacy_place = legacy->submitted;
        tickets.push_back({legacy, legacy->submitted});
      }
    } else {
      for (const auto& other : busy_) {
        if (other->blocking && !other->legacy && other->submitted > other->wait_place) {
          other->wait_place = other->submitted;
          tickets.push_back({other, other->submitted});
        }
      }
    }
    for (Ticket& ticket : tickets) {
      if (job.after.stream == nullptr) {
        job.after = std::move(ticket);
      } else {
        auto waiting = std::make_unique<Job>();
        waiting->after = std::move(ticket);
        append(stream, std::move(waiting));
      }
    }
  }

  void append(Stream& stream, std::unique_ptr<Job> job) {
    job->place = stream.submitted + 1;
    job->order = ++order_;
    stream.submitted = job->place;
    Job* const last = job.get();
    (stream.last == nullptr ? stream.first : stream.last->next) = std::move(job);
    stream.last = last;
  }

  /// Leaves every queue with one empty job, at its last place, so that all who wait are served.
  std::vector<std::unique_ptr<Job>> take_queued(const Stream* apart) {
    std::vector<std::unique_ptr<Job>> taken;
    Wakes wakes;
    const std::lock_guard lock(mutex_);
    for (const auto& stream : busy_) {
      std::erase_if(stream->waiters, [](const Waiter& waiter) { return waiter.stream != nullptr; });
    }
    for (const auto& stream : busy_) {
      if (stream.get() == apart || stream->first == nullptr) {
        continue;
      }
      taken.push_back(std::move(stream->first));
      stream->first = std::make_unique<Job>();
      stream->first->place = stream->submitted;
      stream->last = stream->first.get();
      if (stream->parked) {
        activate(stream, wakes);
      }
    }
    return taken;
  }

  /// Gives a stream whose queue is not empty to a worker, or parks it.
  void activate(const std::shared_ptr<Stream>& stream, Wakes& wakes) {
    stream->active = true;
    const Ticket& after = stream->first->after;
    stream->parked = !after.reached();
    if (stream->parked) {
      after.stream->waiters.push_back({after.place, stream, nullptr});
    } else if (!coming_.empty()) {
      Worker* const worker = coming_.back();
      coming_.pop_back();
      worker->coming = false;
      worker->stream = stream;
      stream->claimed = worker;
    } else if (!idle_.empty()) {
      Worker* const worker = idle_.back();
      idle_.pop_back();
      worker->stream = stream;
      stream->claimed = worker;
      wakes.workers.push_back(worker);
    } else if (!spawn(stream)) {
      ready_.push_back(stream);
    }
  }

  /// The worker has no stream and will be here at once to look for one.
  void expect(Worker& worker) {
    worker.coming = true;
    coming_.push_back(&worker);
  }

  bool spawn(const std::shared_ptr<Stream>& stream) {
    if (spare_.empty()) {
      all_.push_back(std::make_unique<Worker>());
      spare_.push_back(all_.back().get());
    }
    Worker* const worker = spare_.back();
    worker->stream = stream;
    if (!start_thread(*worker, [](Worker& self) { Scheduler::get().work(self); })) {
      worker->stream.reset();
      return false;
    }
    stream->claimed = worker;
    spare_.pop_back();
    return true;
  }

  /// Never touches a stream that the ticket does not wait for: its work may wait for this very
  /// thread.
  bool help_to(const Ticket& ticket, std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Stream> stream = ticket.stream;
    Worker self;
    self.guest = true;
    while (!ticket.reached()) {
      if (stream->parked) {
        const Ticket after = stream->first->after;
        if (!help_to(after, lock)) {
          return false;
        }
        continue;
      }
      if (stream->claimed == nullptr) {
        return false;
      }
      self.stream = std::move(stream->claimed->stream);
      expect(*stream->claimed);
      while (self.stream != nullptr && !ticket.reached()) {
        step(self, lock);
      }
      if (self.stream != nullptr) {
        Wakes wakes;
        activate(self.stream, wakes);
        self.stream.reset();
        lock.unlock();
        wakes.send();
        lock.lock();
      }
    }
    return true;
  }

  void step(Worker& self, std::unique_lock<std::mutex>& lock) {
    Stream& stream = *self.stream;
    stream.claimed = nullptr;
    Wakes wakes;
    if (!stream.first->after.reached()) {
      activate(self.stream, wakes);  // parks it
      self.stream.reset();
      return;
    }
    std::unique_ptr<Job> job = std::move(stream.first);
    stream.first = std::move(job->next);
    if (stream.first == nullptr) {
      stream.last = nullptr;
    }
    const uint64_t place = job->place;
    stream.running_order = job->order;
    if (!stopping_) {
      ++running_;
      lock.unlock();
      carry_out(job->operation, stream, job->order);
      if (job->instant != nullptr) {
        job->instant->nanoseconds = now();
      }
      job.reset();  // before anyone may know it done: what it holds is released by then
      lock.lock();
      --running_;
    }
    stream.running_order = kNotRunning;
    complete(self, place, wakes);
    if (!wakes.workers.empty() || !wakes.signals.empty()) {
      if (self.stream == nullptr && !self.guest) {
        expect(self);
      }
      lock.unlock();
      wakes.send();
      lock.lock();
    }
  }

  void complete(Worker& self, uint64_t place, Wakes& wakes) {
    const std::shared_ptr<Stream> stream = self.stream;
    stream->completed.store(place, std::memory_order_release);
    if (stream->first == nullptr) {
      stream->active = false;
      busy_.erase(std::find(busy_.begin(), busy_.end(), stream));
      self.stream.reset();
    }
    std::vector<Waiter> reached;
    std::erase_if(stream->waiters, [&](Waiter& waiter) {
      const bool now_reached = waiter.place <= place;
      if (now_reached) {
        reached.push_back(std::move(waiter));
      }
      return now_reached;
    });
    for (Waiter& waiter : reached) {
      if (waiter.signal != nullptr) {
        wakes.signals.push_back(waiter.signal);
      } else if (self.stream == nullptr && !self.guest) {
        waiter.stream->parked = false;
        self.stream = std::move(waiter.stream);  // without waking another worker for it
      } else {
        activate(waiter.stream, wakes);
      }
    }
  }

  /// The last place of `stream` whose job was given before `order`, 0 if there is none.
  static uint64_t place_before(const Stream& stream, uint64_t order) {
    uint64_t place = stream.running_order < order ? stream.completed + 1 : 0;
    for (const Job* job = stream.first.get(); job != nullptr && job->order < order;
         job = job->next.get()) {
      place = job->place;
    }
    return std::min(place, stream.submitted.load());
  }

  std::mutex mutex_;
  uint64_t order_ = 0;
  int running_ = 0;
  bool stopping_ = false;
  std::vector<std::shared_ptr<Stream>> busy_;  ///< those with jobs not done
  std::deque<std::shared_ptr<Stream>> ready_;  ///< those for which no thread could be made
  std::vector<Worker*> idle_;                  ///< asleep; the one that worked last is woken first
  std::vector<Worker*> coming_;                ///< awake, without stream
  std::vector<Worker*> spare_;                 ///< without thread
  std::vector<std::unique_ptr<Worker>> all_;
};

/// At the end of the process no further job is begun, since what jobs use goes away.
struct AtExit {
  ~AtExit() { Scheduler::get().stop(); }
};
const AtExit kAtExit;

}  // namespace

Current& current() {
  thread_local Current running;
  return running;
}

bool in_place(const Stream& stream) {
  const Current& running = current();
  return running.task && (running.stream == &stream || (stream.legacy && running.stream->blocking));
}

Ticket enqueue(const std::shared_ptr<Stream>& stream, std::unique_ptr<Job> job) {
  return Scheduler::get().enqueue(stream, std::move(job));
}

std::vector<Ticket> ends(const std::shared_ptr<Stream>& stream) {
  return Scheduler::get().ends(stream);
}

bool idle(const Stream& stream) { return Scheduler::get().idle(stream); }

void wait(const Ticket& ticket) {
  if (ticket.reached()) {
    return;
  }
  Scheduler::get().help(ticket);
  if (spin_until([&] { return ticket.reached(); })) {
    return;
  }
  thread_local Signal reached;
  reached.lower();
  if (Scheduler::get().watch(ticket, &reached)) {
    reached.wait();
  }
}

void wait_for_all() {
  const Current& running = current();
  const uint64_t order = running.task ? running.order : UINT64_MAX;
  for (const Ticket& ticket : Scheduler::get().given_before(order, running.stream)) {
    wait(ticket);
  }
}

void drop_all() {
  Scheduler::get().drop(current().stream);
  wait_for_all();
}

}  // namespace hostcuda
