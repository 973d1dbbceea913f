#include "core/generate/causal_generator.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/dataset/holdout.h"
#include "core/flow/time.h"
#include "core/generate/causal_cpu_math.h"
#include "core/generate/causal_math.h"
#include "core/generate/causal_torch_math.h"
#include "core/generate/causal_weights.h"
#include "core/generate/idle_steps.h"
#include "core/generate/net_context.h"
#include "core/generate/row_kernels.h"
#include "core/model/causal_layout.h"
#include "core/model/row_encoder.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

// Fewer rows share too little of the weights' way through the caches to be worth another thread.
constexpr int kLeastTileRows = 8;

// Drawn first.
constexpr size_t kDelta = 0;

// A context whose draws pass so many hours without a flow takes the next one as it comes.
constexpr size_t kMaxEmptyHours = 24;

int64_t HourOf(int64_t time_ms) { return FloorTo(time_ms, kHourMs); }

// Whether the model's training sequences are hours of the clock (Sequence).
bool LearnedHours(const BundleInfo& info) {
  const auto holdout = Holdout::Parse(info.holdout);
  return holdout.ok() && holdout->cuts_hours();
}

class CausalGenerator final : public Generator {
 public:
  CausalGenerator(Bundle bundle, const std::string& device, CausalEngine engine)
      : bundle_(std::move(bundle)),
        model_(*bundle_.model),
        hours_(LearnedHours(bundle_.info)),
        layout_(model_.outputs),
        trunk_columns_(TrunkColumns(model_.outputs)) {
    const CausalWeights weights(model_);
    shape_ = weights.shape;
    start_.assign(weights.start.data_ptr<float>(), weights.start.data_ptr<float>() + shape_.channels());
    math_ = engine == CausalEngine::kOwn ? MakeCausalCpuMath(weights)
                                         : MakeCausalTorchMath(weights, at::Device(device));
    info_.preset = PresetName(model_.options.preset);
    info_.device = device;
    info_.instruction_set = engine == CausalEngine::kOwn ? KernelInstructionSet() : InstructionSet(device);
    info_.memory_bytes = 4 * static_cast<uint64_t>(model_.NumParameters());
    info_.context_bytes = sizeof(NetContext) + sizeof(float) * static_cast<uint64_t>(shape_.context_floats());
    info_.training_hosts = bundle_.info.hosts;
    info_.default_start_ms = bundle_.info.default_start_ms;
    info_.tile_rows = CausalStep::kTileRows;
    info_.least_tile_rows = engine == CausalEngine::kOwn ? kLeastTileRows : 0;
    bundle_.model->nets.clear();  // their weights are in math_
  }

  const GeneratorInfo& info() const override { return info_; }

  std::unique_ptr<Context> NewContext(const ContextKey& key) const override {
    auto context = std::make_unique<NetContext>(key, shape_.context_floats());
    Forget(context.get());
    return context;
  }

  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    return NetContext::Restore(state, shape_.context_floats());
  }

  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override {
    return WithStep("generating", contexts, rows.size(),
                    [&](absl::Span<NetContext* const> own, CausalStep* step) { DrawRows(own, rows, step); });
  }

  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override {
    return WithStep("following", contexts, rows.size(),
                    [&](absl::Span<NetContext* const> own, CausalStep* step) {
                      for (size_t i = 0; i < own.size(); ++i) {
                        const int64_t hour_ms = HourOf(rows[i].end_ms);
                        if (hours_ && hour_ms > HourOf(own[i]->clock_ms())) BeginHour(hour_ms, own[i]);
                      }
                      BeginStep(own, step);
                      Remember(own, rows, step);
                    });
  }

  // Steps one context through `rows` instead of draws, and scores them on the way.
  absl::Status ScoreByStepping(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const {
    if (rows.empty()) return absl::OkStatus();
    const auto context = NewContext({0, 0, 0, rows[0].end_ms - int64_t{1000} * rows[0].time_delta_s});
    Context* const contexts[] = {context.get()};
    for (size_t r = 0; r < rows.size(); ++r) {
      out[r] = RowNats();
      STANFLOW_RETURN_IF_ERROR(
          WithStep("scoring", contexts, 1, [&](absl::Span<NetContext* const> own, CausalStep* step) {
            ScoreRow(own, rows[r], step, &out[r]);
          }));
    }
    return absl::OkStatus();
  }

 private:
  // Sets output `o` of row `i`, given its head's parameters.
  using SetOutput = absl::FunctionRef<void(size_t o, size_t i, const float* parameters)>;

  static NetContext& At(absl::Span<Context* const> contexts, size_t i) {
    return *static_cast<NetContext*>(contexts[i]);
  }

  // Runs `work` with the contexts and memory for a step. LibTorch throws.
  absl::Status WithStep(const char* doing, absl::Span<Context* const> contexts, size_t rows,
                        absl::FunctionRef<void(absl::Span<NetContext* const>, CausalStep*)> work) const {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows));
    if (contexts.empty()) return absl::OkStatus();
    std::vector<NetContext*> own(contexts.size());
    for (size_t i = 0; i < contexts.size(); ++i) own[i] = &At(contexts, i);
    try {
      std::unique_ptr<CausalStep> step = idle_.Take(*math_);
      work(own, step.get());
      idle_.Give(std::move(step));
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat(doing, " on ", info_.device, ": ", e.what()));
    }
    return absl::OkStatus();
  }

  void DrawRows(absl::Span<NetContext* const> contexts, absl::Span<HostRow> rows, CausalStep* step) const {
    std::vector<size_t> empty_hours(contexts.size());
    const auto draw = [&](size_t o, size_t i, const float* parameters) {
      // Draws that were given up are not used again.
      const size_t slot = o == kDelta && empty_hours[i] > 0 ? model_.heads.size() + empty_hours[i] : o;
      const auto u = Uniform2(contexts[i]->Draw(static_cast<uint16_t>(slot)));
      model_.heads[o]->Draw(parameters, u[0], u[1], &rows[i]);
    };
    do {
      BeginRows(contexts, rows, step);
      FillOutput(kDelta, rows, draw, step);
    } while (PassHours(contexts, rows, &empty_hours));
    FillRest(rows, draw, step);
    Remember(contexts, rows, step);
  }

  // A training sequence ends with its hour: a wait that passes the border says no more than that the hour's
  // flows are over, and the next hour begins as training sequences do. Whether any context begins one.
  bool PassHours(absl::Span<NetContext* const> contexts, absl::Span<const HostRow> rows,
                 std::vector<size_t>* empty_hours) const {
    bool any = false;
    for (size_t i = 0; hours_ && i < contexts.size(); ++i) {
      const int64_t hour_ms = HourOf(contexts[i]->clock_ms());
      if (HourOf(rows[i].end_ms) == hour_ms || (*empty_hours)[i] == kMaxEmptyHours) continue;
      BeginHour(hour_ms + kHourMs, contexts[i]);
      ++(*empty_hours)[i];
      any = true;
    }
    return any;
  }

  void BeginHour(int64_t hour_ms, NetContext* context) const {
    Forget(context);
    context->MoveClock(hour_ms);
  }

  // As before the first row.
  void Forget(NetContext* context) const {
    std::fill_n(context->memory(), shape_.context_floats(), 0.0f);
    std::copy(start_.begin(), start_.end(), context->memory());
  }

  void ScoreRow(absl::Span<NetContext* const> context, const HostRow& given, CausalStep* step,
                RowNats* nats) const {
    HostRow row;
    const auto score = [&](size_t o, size_t, const float* parameters) {
      const Output& output = model_.outputs.outputs[o];
      nats->exact[static_cast<int>(output.attribute)] +=
          static_cast<float>(model_.heads[o]->ExactNats(parameters, given));
      output.SetValue(&row, output.ValueOf(given));
    };
    BeginRows(context, {&row, 1}, step);
    FillOutput(kDelta, {&row, 1}, score, step);
    FillRest({&row, 1}, score, step);
    Remember(context, {&row, 1}, step);
  }

  static void BeginRows(absl::Span<NetContext* const> contexts, absl::Span<HostRow> rows, CausalStep* step) {
    for (size_t i = 0; i < contexts.size(); ++i) {
      rows[i] = HostRow();
      rows[i].end_ms = contexts[i]->clock_ms();
    }
    BeginStep(contexts, step);
  }

  static void BeginStep(absl::Span<NetContext* const> contexts, CausalStep* step) {
    std::vector<float> clocks(2 * contexts.size());
    for (size_t i = 0; i < contexts.size(); ++i) ClockOf(contexts[i]->clock_ms(), &clocks[2 * i]);
    step->Begin(contexts, clocks);
  }

  // Sets every output but the first one, which is set, in order.
  void FillRest(absl::Span<HostRow> rows, SetOutput set_output, CausalStep* step) const {
    for (size_t o = kDelta + 1; o < model_.heads.size(); ++o) {
      if (model_.options.mask == Mask::kB) Show(o - 1, rows, step);
      FillOutput(o, rows, set_output, step);
    }
  }

  // Shows the outputs after `o` what it has become.
  void Show(size_t o, absl::Span<const HostRow> rows, CausalStep* step) const {
    std::vector<int64_t> seen(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) seen[i] = IndexOf(o, rows[i]);
    step->See(o, seen);
    // The /16 is known with its second octet.
    if (model_.outputs.outputs[o].octet != 1) return;
    for (size_t i = 0; i < rows.size(); ++i) seen[i] = PrefixIndexOf(rows[i]);
    step->See(o, seen);
  }

  // Feeds the rows to the trunks and moves the contexts on.
  void Remember(absl::Span<NetContext* const> contexts, absl::Span<const HostRow> rows,
                CausalStep* step) const {
    std::vector<int64_t> index;
    std::vector<float> numbers(kRowNumbers * rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      for (int64_t o : trunk_columns_) index.push_back(IndexOf(static_cast<size_t>(o), rows[i]));
      index.push_back(PrefixIndexOf(rows[i]));
      RowNumbers(rows[i], &numbers[kRowNumbers * i]);
    }
    step->Advance(index, numbers);
    for (size_t i = 0; i < contexts.size(); ++i) contexts[i]->Advance(rows[i].end_ms);
  }

  // Where a row's value of output `o`, and its /16, lie in the embeddings.
  int64_t IndexOf(size_t o, const HostRow& row) const {
    return layout_.offsets[o] + model_.outputs.outputs[o].Encode(row).cls;
  }
  int64_t PrefixIndexOf(const HostRow& row) const {
    return layout_.prefix_offset + PrefixBucket(row.remote_address);
  }

  void FillOutput(size_t o, absl::Span<HostRow> rows, SetOutput set_output, CausalStep* step) const {
    const CausalStep::Rows parameters = step->Parameters(o);
    for (size_t i = 0; i < rows.size(); ++i) {
      set_output(o, i, parameters[i]);
      if (model_.outputs.outputs[o].attribute == Attribute::kTimeDelta) {
        rows[i].end_ms += int64_t{1000} * rows[i].time_delta_s;
      }
    }
  }

  const Bundle bundle_;
  const StanModel& model_;
  const bool hours_;  // contexts begin anew with every hour of the clock
  const EmbeddingLayout layout_;
  const std::vector<int64_t> trunk_columns_;
  CausalShape shape_;
  std::vector<float> start_;  // the trunks' outputs before the first row
  std::unique_ptr<const CausalMath> math_;
  mutable IdleSteps idle_;
  GeneratorInfo info_;
};

class SteppingScorer final : public Scorer {
 public:
  SteppingScorer(Bundle bundle, const std::string& device, CausalEngine engine)
      : generator_(std::move(bundle), device, engine) {}
  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override {
    return generator_.ScoreByStepping(rows, out);
  }

 private:
  const CausalGenerator generator_;
};

// `T` is made as `Base`. LibTorch throws.
template <typename T, typename Base>
absl::StatusOr<std::unique_ptr<Base>> Load(Bundle bundle, const std::string& device, CausalEngine engine) {
  try {
    return std::unique_ptr<Base>(std::make_unique<T>(std::move(bundle), device, engine));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

}  // namespace

CausalEngine CausalEngineOf(const std::string& device) {
  return device == "cpu" ? CausalEngine::kOwn : CausalEngine::kLibTorch;
}

absl::StatusOr<std::unique_ptr<Generator>> MakeCausalGenerator(Bundle bundle, const std::string& device,
                                                               CausalEngine engine) {
  return Load<CausalGenerator, Generator>(std::move(bundle), device, engine);
}

absl::StatusOr<std::unique_ptr<Scorer>> MakeCausalSteppingScorer(Bundle bundle, const std::string& device,
                                                                 CausalEngine engine) {
  return Load<SteppingScorer, Scorer>(std::move(bundle), device, engine);
}

}  // namespace stanflow
