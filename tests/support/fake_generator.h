#ifndef STANFLOW_TESTS_SUPPORT_FAKE_GENERATOR_H_
#define STANFLOW_TESTS_SUPPORT_FAKE_GENERATOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"
#include "core/generate/generator.h"

namespace stanflow {

// Holds back steps, so that a test decides when the next one happens. Thread-safe.
class StepGate {
 public:
  // `open`: steps pass; else each one waits for a permit.
  explicit StepGate(bool open = true) : open_(open) {}

  void Open();
  void Close();
  // Lets `n` waiting or coming steps through a closed gate.
  void Permit(int n);
  // Returns once `n` steps wait at the gate.
  void WaitForBlocked(int n);

  // Called by the generator.
  void Pass();

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mutex_);
  int permits_ ABSL_GUARDED_BY(mutex_) = 0;
  int blocked_ ABSL_GUARDED_BY(mutex_) = 0;
};

struct FakeGeneratorOptions {
  int tile_rows = 32;
  // Contexts' rates spread log-uniformly over this factor (hosts of the shared data: 13).
  double rate_spread = 13.0;
  // Seconds between two flows of the slowest context.
  double slowest_gap_s = 13.0;
  // Rounds of arithmetic a row, about 25 ns each; a stand-in for a network's cost.
  int cost = 0;
  // Bytes of ballast in a saved context.
  size_t state_bytes = 0;
  // Asked before every row; an error fails the whole Step. May be called concurrently.
  std::function<absl::Status(const ContextKey& key, uint64_t row)> on_row;
  // Passed before every Step; null: none. Outlives the generator.
  StepGate* gate = nullptr;
};

// A generator whose rows are random numbers of (seed, stream, context, row) and nothing else.
// Clocks are whole seconds, so that rows of equal end time are common.
class FakeGenerator final : public Generator {
 public:
  explicit FakeGenerator(FakeGeneratorOptions options = {});

  const GeneratorInfo& info() const override { return info_; }
  std::unique_ptr<Context> NewContext(const ContextKey& key) const override;
  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override;
  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override;
  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override;

  // So far, over all threads.
  uint64_t steps() const { return steps_; }
  uint64_t rows() const { return rows_; }

 private:
  const FakeGeneratorOptions options_;
  GeneratorInfo info_;
  mutable std::atomic<uint64_t> steps_{0}, rows_{0};
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_FAKE_GENERATOR_H_
