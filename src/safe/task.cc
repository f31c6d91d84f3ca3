// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Taking, running and giving back tasks.
#include "safe/task.h"

#include "safe/graph.h"
#include "safe/silent_recorder.h"
#include "safe/system.h"

namespace tenon::safe {

Anchor* Anchor::create(Graph& graph, size_t io_count) noexcept {
  auto* anchor = new Anchor;
  if (anchor == nullptr) return nullptr;
  anchor->graph_ = &graph;
  anchor->allocator_ = &graph.allocator();
  for (Task& task : anchor->tasks_) {
    task.anchor = anchor;
    if (task.addresses.resize(io_count)) continue;
    delete anchor;
    return nullptr;
  }
  return anchor;
}

Task* Anchor::take(bool captured) noexcept {
  for (Task& task : tasks_) {
    if (task.taken.exchange(true, std::memory_order_acquire)) continue;
    task.captured = captured;
    users_.fetch_add(1, std::memory_order_relaxed);
    if (!captured) in_flight_.fetch_add(1, std::memory_order_relaxed);
    return &task;
  }
  return nullptr;
}

void Anchor::leave() noexcept {
  while (in_flight_.load(std::memory_order_acquire) != 0) system_yield();
  graph_.store(nullptr, std::memory_order_release);
  while (!begin_run()) system_yield();  // A launch of a captured run may be under way.
  end_run();
  drop();
}

void Anchor::drop() noexcept {
  if (users_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // The graph's recorder may be gone by now.
  const MemoryScope scope(*allocator_, silent_recorder());
  delete this;
}

int Task::execute(void* data, void* stream) {
  const Task& task = *static_cast<Task*>(data);
  Anchor& anchor = *task.anchor;
  if (!anchor.begin_run()) return static_cast<int>(Code::InvalidArgument);
  Graph* graph = anchor.graph_.load(std::memory_order_acquire);
  const Status status = graph != nullptr ? graph->run_task(task, stream)
                                         : Status{Code::InvalidArgument, "the graph was destroyed"};
  anchor.end_run();
  return static_cast<int>(status.code);
}

void Task::release_task(void* data) {
  Task& task = *static_cast<Task*>(data);
  Anchor& anchor = *task.anchor;
  const bool captured = task.captured;
  task.taken.store(false, std::memory_order_release);
  if (!captured) anchor.in_flight_.fetch_sub(1, std::memory_order_release);
  anchor.drop();
}

}  // namespace tenon::safe
