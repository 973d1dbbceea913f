#include "tests/support/fake_generator.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/base/status_macros.h"
#include "core/generate/keyed_context.h"

namespace stanflow {
namespace {

constexpr uint32_t kMagic = 0x46414B45;
// Slots of the draws; kRate belongs to the context, under a row number that no row has.
constexpr uint16_t kGap = 0, kAddress = 1, kVolume = 2, kRate = 3, kCost = 4;

class FakeContext final : public KeyedContext {
 public:
  FakeContext(const ContextKey& key, double mean_gap_s, size_t ballast)
      : KeyedContext(key), mean_gap_s_(mean_gap_s), ballast_(ballast) {}

  void Save(std::string* out) const override {
    StateWriter writer(out);
    writer.Put(kMagic);
    PutCommon(&writer);
    writer.PutString(std::string(ballast_, 'x'));
  }

  std::unique_ptr<Context> Copy() const override { return std::make_unique<FakeContext>(*this); }

  HostRow Next() {
    const auto gap = Uniform2(Draw(kGap)), address = Uniform2(Draw(kAddress)),
               volume = Uniform2(Draw(kVolume));
    HostRow row;
    row.time_delta_s = static_cast<uint32_t>(-mean_gap_s_ * std::log1p(-gap[0]));
    row.end_ms = clock_ms() + int64_t{row.time_delta_s} * 1000;
    row.direction = gap[1] < 0.5 ? 0 : 1;
    row.protocol = address[1] < 0.8 ? 6 : 17;
    row.remote_address = static_cast<uint32_t>(address[0] * 4294967296.0);
    row.local_port = static_cast<uint16_t>(1024 + volume[0] * 60000);
    row.remote_port = volume[1] < 0.5 ? 80 : 443;
    row.packets = 1 + static_cast<uint64_t>(volume[1] * 20);
    row.bytes = row.packets * 40 + static_cast<uint64_t>(volume[0] * 1000);
    row.duration_ms = static_cast<uint32_t>(address[1] * 5000);
    Advance(row.end_ms);
    return row;
  }

  double Burn(int rounds) const {
    double sum = 0;
    for (int i = 0; i < rounds; ++i)
      sum += Uniform2({key().seed + i, key().stream, key().context, rows(), kCost})[0];
    return sum;
  }

 private:
  const double mean_gap_s_;
  const size_t ballast_;
};

}  // namespace

void StepGate::Open() {
  MutexLock lock(&mutex_);
  open_ = true;
  changed_.NotifyAll();
}

void StepGate::Close() {
  MutexLock lock(&mutex_);
  open_ = false;
}

void StepGate::Permit(int n) {
  MutexLock lock(&mutex_);
  permits_ += n;
  changed_.NotifyAll();
}

void StepGate::WaitForBlocked(int n) {
  MutexLock lock(&mutex_);
  while (blocked_ < n) changed_.Wait(&mutex_);
}

void StepGate::Pass() {
  MutexLock lock(&mutex_);
  if (open_) return;
  ++blocked_;
  changed_.NotifyAll();
  while (!open_ && permits_ == 0) changed_.Wait(&mutex_);
  if (!open_) --permits_;
  --blocked_;
}

FakeGenerator::FakeGenerator(FakeGeneratorOptions options) : options_(std::move(options)) {
  info_.preset = "fake";
  info_.device = "cpu";
  info_.instruction_set = "any";
  info_.training_hosts = 90;
  info_.context_bytes = 64 + options_.state_bytes;
  info_.tile_rows = options_.tile_rows;
}

std::unique_ptr<Context> FakeGenerator::NewContext(const ContextKey& key) const {
  const double u = Uniform2({key.seed, key.stream, key.context, ~uint64_t{0} >> 16, kRate})[0];
  return std::make_unique<FakeContext>(key, options_.slowest_gap_s / std::pow(options_.rate_spread, u),
                                       options_.state_bytes);
}

absl::StatusOr<std::unique_ptr<Context>> FakeGenerator::RestoreContext(std::string_view state) const {
  StateReader reader(state);
  const uint32_t magic = reader.Get<uint32_t>();
  // How fast a host is follows from its key.
  FakeContext common(ContextKey(), 0, 0);
  common.GetCommon(&reader);
  reader.GetString();
  if (magic != kMagic || !reader.at_end()) return absl::DataLossError("not a fake context");
  std::unique_ptr<Context> context = NewContext(common.key());
  static_cast<KeyedContext&>(static_cast<FakeContext&>(*context)) = common;
  return context;
}

absl::Status FakeGenerator::Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const {
  if (options_.gate != nullptr) options_.gate->Pass();
  if (contexts.size() > static_cast<size_t>(options_.tile_rows) || contexts.size() != rows.size()) {
    return absl::InternalError("Step: more contexts than a tile holds, or not as many rows");
  }
  ++steps_;
  rows_ += contexts.size();
  double burnt = 0;
  for (size_t i = 0; i < contexts.size(); ++i) {
    auto* context = static_cast<FakeContext*>(contexts[i]);
    if (options_.on_row) STANFLOW_RETURN_IF_ERROR(options_.on_row(context->key(), context->rows()));
    burnt += context->Burn(options_.cost);
    rows[i] = context->Next();
  }
  // Keeps the work from being optimised away; a sum of numbers from 0 to 1 is never negative.
  return burnt < 0 ? absl::InternalError("unreachable") : absl::OkStatus();
}

absl::Status FakeGenerator::Follow(absl::Span<Context* const> contexts,
                                   absl::Span<const HostRow> rows) const {
  STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
  for (size_t i = 0; i < contexts.size(); ++i)
    static_cast<FakeContext*>(contexts[i])->Advance(rows[i].end_ms);
  return absl::OkStatus();
}

}  // namespace stanflow
