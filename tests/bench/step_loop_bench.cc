// Loops beside the service: threads that step tiles of one loaded model, with no order, no scheduler and no
// wire; full tiles and tiles of one row, by the engine that the service has and by LibTorch's operations.
// Also the matrix library's own speed on the spot. Prints one JSON object.
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

#include "core/generate/causal_generator.h"
#include "core/model/bundle.h"
#include "core/model/torch_device.h"

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point After(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

uint64_t StepTiles(const stanflow::Generator& generator, uint32_t rows_a_tile, uint32_t stream,
                   Clock::time_point end) {
  stanflow::MakeTorchRepeatable();
  std::vector<std::unique_ptr<stanflow::Context>> owned;
  std::vector<stanflow::Context*> contexts;
  for (uint32_t i = 0; i < rows_a_tile; ++i) {
    owned.push_back(generator.NewContext({1, stream, i, generator.info().default_start_ms}));
    contexts.push_back(owned.back().get());
  }
  std::vector<stanflow::HostRow> rows(rows_a_tile);
  uint64_t made = 0;
  while (Clock::now() < end) {
    if (!generator.Step(contexts, absl::MakeSpan(rows)).ok()) std::abort();
    made += rows_a_tile;
  }
  return made;
}

// Flows a second of `threads` threads, each with tiles of its own.
double Loop(const stanflow::Generator& generator, uint32_t rows_a_tile, int threads, double seconds) {
  std::atomic<uint64_t> rows{0};
  const Clock::time_point end = After(seconds);
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&, i] { rows += StepTiles(generator, rows_a_tile, i, end); });
  }
  for (std::thread& thread : pool) thread.join();
  return static_cast<double>(rows) / seconds;
}

double GemmGflops(double seconds) {
  stanflow::MakeTorchRepeatable();
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
  auto own_bundle = stanflow::ReadBundle(argv[1], stanflow::Preset::kCausal),
       plain_bundle = stanflow::ReadBundle(argv[1], stanflow::Preset::kCausal);
  if (!own_bundle.ok() || !plain_bundle.ok()) {
    std::fprintf(stderr, "step_loop_bench: %s\n", own_bundle.status().ToString().c_str());
    return 1;
  }
  const auto own = stanflow::MakeCausalGenerator(*std::move(own_bundle), "cpu", stanflow::CausalEngine::kOwn);
  const auto plain =
      stanflow::MakeCausalGenerator(*std::move(plain_bundle), "cpu", stanflow::CausalEngine::kLibTorch);
  if (!own.ok() || !plain.ok()) {
    std::fprintf(stderr, "step_loop_bench: %s\n", (own.ok() ? plain : own).status().ToString().c_str());
    return 1;
  }
  const int threads = std::atoi(argv[2]);
  const double seconds = std::atof(argv[3]);
  const auto tile = static_cast<uint32_t>((*own)->info().tile_rows);
  std::printf(
      "{\"threads\": %d, \"tile_rows\": %u, \"instruction_set\": \"%s\", "
      "\"flows_per_second\": {\"engine\": %.1f, \"engine_one_row\": %.1f, \"libtorch\": %.1f, "
      "\"libtorch_one_row\": %.1f}, \"gemm_gflops_one_thread\": %.1f}\n",
      threads, tile, (*own)->info().instruction_set.c_str(), Loop(**own, tile, threads, seconds),
      Loop(**own, 1, 1, seconds), Loop(**plain, tile, threads, seconds), Loop(**plain, 1, 1, seconds),
      GemmGflops(1));
  return 0;
}
