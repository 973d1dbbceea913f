// What the scheduler itself costs: flows a second of a stand-in generator through GenerateScheduler into
// sinks that only count, at several numbers of contexts and streams. Prints one JSON object a line.
//
//   schedule_bench [COST]   rounds of arithmetic a flow, about 25 ns each; 0 by default
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "nlohmann/json.hpp"
#include "server/schedule/generate_scheduler.h"
#include "tests/support/fake_generator.h"

namespace stanflow {
namespace {

class CountingSink final : public StreamSink {
 public:
  bool Chunk(uint64_t, const FlowTable& flows) override {
    flows_ += flows.size();
    return true;
  }
  void Finish(const absl::Status&) override {
    MutexLock lock(&mutex_);
    finished_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(&mutex_);
    while (!finished_) changed_.Wait(&mutex_);
  }
  uint64_t flows() const { return flows_; }

 private:
  std::atomic<uint64_t> flows_{0};
  Mutex mutex_;
  CondVar changed_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

class StepTotals final : public SchedulerObserver {
 public:
  void OnStep(const StepStats& step) override {
    ++steps;
    contexts += step.contexts;
    places += step.tile_places;
    step_ns += step.step_time.count();
    deliver_ns += step.deliver_time.count();
  }
  std::atomic<uint64_t> steps{0}, contexts{0}, places{0}, step_ns{0}, deliver_ns{0};
};

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return t.tv_sec + t.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// CPU time of one flow of the generator alone.
double GeneratorSeconds(const Generator& generator) {
  constexpr int kSteps = 2000;
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (int i = 0; i < generator.info().tile_rows; ++i) {
    owned.push_back(generator.NewContext({1, 0, static_cast<uint32_t>(i), 0}));
    contexts.push_back(owned.back().get());
  }
  std::vector<HostRow> rows(contexts.size());
  const double start = CpuSeconds();
  for (int i = 0; i < kSteps; ++i) {
    if (!generator.Step(contexts, absl::MakeSpan(rows)).ok()) std::abort();
  }
  return (CpuSeconds() - start) / (kSteps * contexts.size());
}

nlohmann::json Measure(uint32_t contexts, int streams, int cost) {
  FakeGeneratorOptions fake;
  fake.cost = cost;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  const double generator_s = GeneratorSeconds(*generator);
  const uint64_t rows = (cost == 0 ? 1500000 : 300000) / streams;
  StepTotals totals;
  std::vector<std::unique_ptr<CountingSink>> sinks;
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, &totals);
  const double cpu = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < streams; ++i) {
    sinks.push_back(std::make_unique<CountingSink>());
    StreamRequest request;
    request.generator = generator;
    request.spec.seed = i;
    request.spec.hosts = contexts;
    request.spec.rows = rows;
    if (!scheduler.Start(std::move(request), sinks.back().get()).ok()) std::abort();
  }
  uint64_t flows = 0;
  for (const auto& sink : sinks) {
    sink->Wait();
    flows += sink->flows();
  }
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu_s = CpuSeconds() - cpu;
  return {{"contexts", contexts},
          {"streams", streams},
          {"flows", flows},
          {"flows_per_second", flows / wall_s},
          {"occupancy", static_cast<double>(totals.contexts) / totals.places},
          {"contexts_per_step", static_cast<double>(totals.contexts) / totals.steps},
          {"step_us", totals.step_ns * 1e-3 / totals.steps},
          {"deliver_us", totals.deliver_ns * 1e-3 / totals.steps},
          {"generator_cpu_ns_per_flow", generator_s * 1e9},
          {"scheduler_cpu_ns_per_flow", (cpu_s - generator_s * totals.contexts) * 1e9 / flows}};
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  const int cost = argc > 1 ? std::atoi(argv[1]) : 0;
  const struct {
    uint32_t contexts;
    int streams;
  } cases[] = {{1, 1}, {8, 1}, {8, 8}, {8, 64}, {90, 1}, {512, 1}};
  for (const auto& c : cases) std::cout << stanflow::Measure(c.contexts, c.streams, cost) << std::endl;
}
