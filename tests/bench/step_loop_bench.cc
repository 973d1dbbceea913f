// The plain loop beside the service: threads that step full tiles of one loaded model, with no order, no
// scheduler and no wire. Also the matrix library's own speed on the spot. Prints one JSON object.
//
//   step_loop_bench BUNDLE_FOLDER THREADS SECONDS
#include <ATen/ATen.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "core/generate/load_generator.h"
#include "core/model/torch_device.h"

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point After(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

uint64_t StepTiles(const stanflow::Generator& generator, uint32_t stream, Clock::time_point end) {
  stanflow::UseOneTorchThread();
  const uint32_t n = generator.info().tile_rows;
  std::vector<std::unique_ptr<stanflow::Context>> owned;
  std::vector<stanflow::Context*> contexts;
  for (uint32_t i = 0; i < n; ++i) {
    owned.push_back(generator.NewContext({1, stream, i, generator.info().default_start_ms}));
    contexts.push_back(owned.back().get());
  }
  std::vector<stanflow::HostRow> rows(n);
  uint64_t made = 0;
  while (Clock::now() < end) {
    if (!generator.Step(contexts, absl::MakeSpan(rows)).ok()) return 0;
    made += n;
  }
  return made;
}

double GemmGflops(double seconds) {
  stanflow::UseOneTorchThread();
  constexpr int64_t kSize = 512;
  const at::Tensor a = at::rand({kSize, kSize}), b = at::rand({kSize, kSize});
  at::Tensor c = at::mm(a, b);
  const Clock::time_point start = Clock::now(), end = After(seconds);
  int64_t runs = 0;
  for (; Clock::now() < end; ++runs) at::mm_out(c, a, b);
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  return static_cast<double>(runs) * 2 * kSize * kSize * kSize / took / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: step_loop_bench BUNDLE_FOLDER THREADS SECONDS\n");
    return 2;
  }
  const auto generator = stanflow::LoadGenerator(argv[1], "cpu");
  if (!generator.ok()) {
    std::fprintf(stderr, "step_loop_bench: %s\n", generator.status().ToString().c_str());
    return 1;
  }
  const int threads = std::atoi(argv[2]);
  const double seconds = std::atof(argv[3]);
  std::atomic<uint64_t> rows{0};
  const Clock::time_point end = After(seconds);
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) pool.emplace_back([&, i] { rows += StepTiles(**generator, i, end); });
  for (std::thread& thread : pool) thread.join();
  std::printf(
      "{\"threads\": %d, \"tile_rows\": %d, \"instruction_set\": \"%s\", \"flows_per_second\": %.1f, "
      "\"gemm_gflops_one_thread\": %.1f}\n",
      threads, (*generator)->info().tile_rows, (*generator)->info().instruction_set.c_str(),
      static_cast<double>(rows) / seconds, GemmGflops(1));
  return 0;
}
