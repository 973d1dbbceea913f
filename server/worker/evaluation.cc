#include "server/worker/evaluation.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mutex.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/dataset.h"
#include "core/eval/report.h"
#include "core/eval/sampling.h"
#include "core/flow/time.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/kinds/model_kind.h"
#include "core/study/running_ways.h"
#include "server/worker/generate_flows.h"
#ifdef STANFLOW_WITH_TORCH
#include "core/model/mlp_regressor.h"
#endif

namespace stanflow {
namespace {

// The parts' rough shares of an evaluation's time, for its progress.
struct Phase {
  const char* name;
  double begin, end;
};
constexpr Phase kScoring{"scoring", 0.02, 0.12}, kGenerating{"generating", 0.12, 0.18},
    kRunning{"running", 0.18, 0.22}, kBaseline{"baseline", 0.22, 0.25}, kMeasuring{"measuring", 0.25, 1};

// Rows of real contexts that the model is run along in three ways, and rows of a context at most.
constexpr size_t kRunningRows = 30000, kRunningContextRows = 1500;
constexpr uint32_t kRunningPurpose = 86;

// Null in a build without LibTorch.
const RegressorFitter* TaskRegressor() {
#ifdef STANFLOW_WITH_TORCH
  static const auto* const regressor = new RegressorFitter(FitTaskMlp);
  return regressor;
#else
  return nullptr;
#endif
}

class Stopwatch {
 public:
  // `count` a second since the start.
  double Rate(uint64_t count) const {
    const std::chrono::duration<double> passed = Clock::Real().SteadyNow() - start_;
    return static_cast<double>(count) / std::max(passed.count(), 1e-9);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = Clock::Real().SteadyNow();
};

class Evaluation {
 public:
  Evaluation(const JobContext& context, const EvaluateSpec& spec, const EvaluationOptions& options)
      : context_(context), spec_(spec), options_(options) {}

  absl::StatusOr<nlohmann::json> Run() {
    if (spec_.task_rows.has_value()) eval_.tasks.rows_per_fit = *spec_.task_rows;
    Progress({"reading", 0, 0.02}, 0);
    STANFLOW_ASSIGN_OR_RETURN(dataset_, OpenDataset(spec_.dataset));
    STANFLOW_RETURN_IF_ERROR(ReadModelManifest());
    STANFLOW_RETURN_IF_ERROR(ChooseRealRows());
    if (!spec_.model.empty()) {
      STANFLOW_RETURN_IF_ERROR(ScoreModel());
      STANFLOW_ASSIGN_OR_RETURN(generator_, LoadGenerator(BundleDir(), context_.device));
      header_.speed["threads"] = context_.threads;
      header_.speed["device"] = context_.device;
      header_.speed["instruction_set"] = generator_->info().instruction_set;
    }
    STANFLOW_RETURN_IF_ERROR(GetSyntheticRows());
    if (generator_ != nullptr) STANFLOW_RETURN_IF_ERROR(RunAlongRealContexts());
    if (options_.baseline) STANFLOW_RETURN_IF_ERROR(MakeBaseline());
    return Measure();
  }

 private:
  // From any thread. Reports may come out of order; what is passed on never falls.
  void Progress(const Phase& phase, double fraction, std::string message = "") {
    MutexLock lock(&progress_mutex_);
    done_ = std::max(done_, phase.begin + (phase.end - phase.begin) * fraction);
    JobProgress progress;
    progress.fraction = done_;
    progress.phase = phase.name;
    progress.message = std::move(message);
    context_.progress(progress);
  }

  absl::StatusOr<std::unique_ptr<Dataset>> OpenDataset(const std::string& name) {
    return Dataset::Open(StrCat(context_.data_dir, "/datasets/", name));
  }

  std::string BundleDir() const {
    return StrCat(context_.data_dir, "/models/", spec_.model, "/", spec_.version);
  }

  absl::Status ReadModelManifest() {
    if (spec_.model.empty()) return absl::OkStatus();
    const std::string path = BundleDir() + "/manifest.json";
    STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    manifest_ = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    for (const char* field : {"preset", "dataset", "dataset_digest", "holdout"}) {
      if (manifest_.is_object() && manifest_.contains(field) && manifest_[field].is_string()) continue;
      return absl::DataLossError(
          StrCat(path, ": ", field, " is missing: the bundle is damaged; import it again"));
    }
    return absl::OkStatus();
  }

  bool TrainedOn(const Dataset& dataset) const {
    return manifest_.is_object() && manifest_["dataset_digest"] == dataset.manifest().digest;
  }

  // A model may be judged by its own flows only if it never read those that judge it.
  absl::Status CheckUnseen() const {
    if (!TrainedOn(*dataset_)) return absl::OkStatus();
    if (contexts_.empty()) {
      return absl::FailedPreconditionError(
          StrCat("dataset \"", spec_.dataset,
                 "\" has no hold-out and the model was trained on it: import it with a hold-out (--holdout "
                 "hours=odd), train again, or judge against another dataset"));
    }
    const std::string holdout = dataset_->manifest().holdout.ToString(), trained = manifest_["holdout"];
    if (holdout == trained) return absl::OkStatus();
    return absl::FailedPreconditionError(
        StrCat("dataset \"", spec_.dataset, "\" holds out ", holdout,
               ", and the model was trained on the same flows with ", trained,
               " held out: it has seen rows that would judge it; import the flows with --holdout ", trained));
  }

  // The hold-out; all rows of a dataset without one.
  absl::Status ChooseRealRows() {
    contexts_ = dataset_->Sequences(Split::kHoldout);
    STANFLOW_RETURN_IF_ERROR(CheckUnseen());
    header_.real_split = contexts_.empty() ? "all" : "holdout";
    if (contexts_.empty()) contexts_ = dataset_->Sequences(Split::kAll);
    real_ = EvalRowsOf(*dataset_, contexts_);
    return absl::OkStatus();
  }

  LikelihoodOptions ScoringOptions(const Phase& phase, double begin, double end) {
    LikelihoodOptions options;
    options.max_rows = spec_.max_likelihood_rows;
    options.seed = eval_.seed;
    options.threads = context_.threads;
    options.stop_requested = context_.stop_requested;
    options.progress = [this, phase, begin, end](uint64_t done, uint64_t all) {
      Progress(phase, begin + (end - begin) * done / all, StrCat(done, " of ", all, " rows"));
    };
    return options;
  }

  absl::Status ScoreModel() {
    STANFLOW_ASSIGN_OR_RETURN(const ModelKind* kind, ModelKindOf(BundleDir()));
    if (kind->load_scorer == nullptr) {
      header_.notes.push_back(
          StrCat("No likelihood: a model of preset ", kind->name, " does not know that of a row."));
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(const auto scorer, kind->load_scorer(BundleDir(), context_.device));
    const Stopwatch watch;
    STANFLOW_ASSIGN_OR_RETURN(likelihood_,
                              ScoreLikelihood(*scorer, *dataset_, contexts_, ScoringOptions(kScoring, 0, 1)));
    header_.speed["scored_rows_per_second"] = watch.Rate(likelihood_->rows);
    return absl::OkStatus();
  }

  absl::StatusOr<FlowTable> Generate(const Generator& generator, const StreamSpec& spec, const Phase& phase,
                                     double begin) {
    GenerateFlowsOptions options;
    options.threads = context_.threads;
    options.stop_requested = context_.stop_requested;
    options.progress = [&](double fraction, uint64_t rows) {
      Progress(phase, begin + (1 - begin) * fraction, StrCat(rows, " flows"));
    };
    return GenerateFlows(generator, spec, options);
  }

  absl::Status GetSyntheticRows() {
    if (!spec_.synthetic_dataset.empty()) {
      STANFLOW_ASSIGN_OR_RETURN(const auto synthetic, OpenDataset(spec_.synthetic_dataset));
      synthetic_ = EvalRowsOf(*synthetic, synthetic->Sequences(Split::kAll));
      header_.synthetic_source = spec_.synthetic_dataset;
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(stream_, StreamSpecOf(spec_.generate, generator_->info(), real_.size()));
    const Stopwatch watch;
    STANFLOW_ASSIGN_OR_RETURN(const FlowTable flows, Generate(*generator_, *stream_, kGenerating, 0));
    header_.speed["flows_per_second"] = watch.Rate(flows.size());
    synthetic_ = EvalRowsOf(flows, {stream_->home});
    header_.synthetic_source = "generated";
    header_.generate = StreamSpecToJson(*stream_);
    header_.generate["device"] = context_.device;
    header_.generate["instruction_set"] = generator_->info().instruction_set;
    return absl::OkStatus();
  }

  // Random contexts that are long enough to run from a window.
  std::vector<RealSequence> ChooseRunningContexts(size_t window_rows) const {
    std::vector<RealSequence> out;
    size_t rows = 0;
    const std::vector<uint32_t> order =
        Choose(AllOf(contexts_.size()), contexts_.size(), {eval_.seed, kRunningPurpose});
    for (const uint32_t i : order) {
      if (contexts_[i].size() <= window_rows) continue;
      if (rows >= kRunningRows) break;
      RealSequence sequence;
      sequence.start_ms = contexts_[i].start_ms;
      sequence.rows = dataset_->HostRows(contexts_[i]);
      sequence.end_ms = FloorTo(sequence.rows.back().end_ms, kHourMs) + kHourMs;
      sequence.rows.resize(std::min(sequence.rows.size(), kRunningContextRows));
      rows += sequence.rows.size();
      out.push_back(std::move(sequence));
    }
    return out;
  }

  absl::Status RunAlongRealContexts() {
    Progress(kRunning, 0);
    RunningOptions options;
    options.seed = eval_.seed;
    options.max_rows = kRunningContextRows;
    options.threads = context_.threads;
    options.stop_requested = context_.stop_requested;
    const std::vector<RealSequence> real = ChooseRunningContexts(options.window_rows);
    if (real.empty()) {
      header_.notes.push_back(
          StrCat("No ways of running: no real context has more than ", options.window_rows, " rows."));
      return absl::OkStatus();
    }
    STANFLOW_ASSIGN_OR_RETURN(runs_, RunInThreeWays(*generator_, real, options));
    return absl::OkStatus();
  }

  // The flows that the model learned, if they are still there; without a model, the dataset's own training
  // split.
  absl::StatusOr<std::unique_ptr<Dataset>> TrainingDataset() {
    if (spec_.model.empty()) return OpenDataset(spec_.dataset);
    const std::string name = manifest_["dataset"];
    STANFLOW_ASSIGN_OR_RETURN(auto dataset, OpenDataset(name));
    if (TrainedOn(*dataset)) return dataset;
    return absl::FailedPreconditionError(
        StrCat("dataset \"", name, "\" is not the one that the model was trained on any more"));
  }

  StreamSpec BaselineStream() const {
    if (stream_) return *stream_;
    StreamSpec out;
    out.hosts = std::clamp(synthetic_.hosts, 1u, kMaxStreamHosts);
    out.start_ms = synthetic_.end_ms.front();
    out.rows = synthetic_.size();
    if (out.hosts + 2 > out.home.size()) out.home = Cidr{0x0A000000, 8};
    return out;
  }

  absl::Status MakeBaseline() {
    if (manifest_.is_object() && manifest_["preset"] == std::string(kB1Kind.name)) {
      header_.notes.push_back("The model is B1 itself: no baseline stands beside it.");
      return absl::OkStatus();
    }
    const auto training = TrainingDataset();
    if (!training.ok() || (*training)->Sequences(Split::kTrain).empty() || synthetic_.size() == 0) {
      const std::string why =
          training.ok() ? "the training split is empty" : std::string(training.status().message());
      header_.notes.push_back(StrCat("No baseline B1 stands beside the figures: ", why, "."));
      return absl::OkStatus();
    }
    B1FitOptions fit;
    fit.seed = eval_.seed;
    fit.stop_requested = context_.stop_requested;
    fit.progress = [this](double fraction) { Progress(kBaseline, 0.4 * fraction, "fitting B1"); };
    STANFLOW_ASSIGN_OR_RETURN(const B1Fit b1, FitB1Model(**training, fit));
    STANFLOW_ASSIGN_OR_RETURN(b1_likelihood_, ScoreLikelihood(*MakeRowScorer(b1.model), *dataset_, contexts_,
                                                              ScoringOptions(kBaseline, 0.4, 0.6)));
    STANFLOW_ASSIGN_OR_RETURN(const FlowTable flows,
                              Generate(*MakeRowGenerator(b1.model, {}), BaselineStream(), kBaseline, 0.6));
    b1_ = EvalRowsOf(flows, {BaselineStream().home});
    return absl::OkStatus();
  }

  absl::StatusOr<nlohmann::json> Measure() {
    Progress(kMeasuring, 0);
    if (context_.stop_requested && context_.stop_requested())
      return absl::CancelledError("stopped before measuring");
    if (!spec_.model.empty()) {
      header_.model = StrCat(spec_.model, "@", spec_.version);
      header_.preset = manifest_["preset"];
      for (const char* field :
           {"preset", "dataset", "dataset_digest", "holdout", "hosts", "training_rows", "parameters", "seed",
            "options", "validation_nats", "created_ms", "figures", "curve"}) {
        if (manifest_.contains(field)) header_.training[field] = manifest_[field];
      }
    }
    header_.dataset = spec_.dataset;
    header_.dataset_digest = dataset_->manifest().digest;
    header_.build = StrCat("stanflow ", STANFLOW_VERSION);
    header_.created_ms = Clock::Real().NowMs();
    EvalInput input;
    input.real = &real_;
    input.synthetic = &synthetic_;
    input.b1 = b1_ && b1_->size() > 0 ? &*b1_ : nullptr;
    input.runs = runs_ ? &*runs_ : nullptr;
    input.likelihood = likelihood_ ? &*likelihood_ : nullptr;
    input.b1_likelihood = b1_likelihood_ ? &*b1_likelihood_ : nullptr;
    input.regressor = TaskRegressor();
    input.real_tasks = options_.real_tasks;
    input.options = eval_;
    input.options.threads = context_.threads;
    input.stop_requested = context_.stop_requested;
    return MakeReport(header_, input, [this](std::string_view title, double fraction) {
      Progress(kMeasuring, fraction, std::string(title));
    });
  }

  const JobContext& context_;
  const EvaluateSpec& spec_;
  const EvaluationOptions& options_;
  Mutex progress_mutex_;
  double done_ ABSL_GUARDED_BY(progress_mutex_) = 0;
  EvalOptions eval_;
  ReportHeader header_;
  nlohmann::json manifest_;  // of the model; null without one
  std::unique_ptr<Dataset> dataset_;
  std::vector<Sequence> contexts_;
  std::unique_ptr<Generator> generator_;  // the model's; null without one
  EvalRows real_, synthetic_;
  std::optional<StreamSpec> stream_;
  std::optional<EvalRows> b1_;
  std::optional<ModelRuns> runs_;
  std::optional<Likelihood> likelihood_, b1_likelihood_;
};

}  // namespace

absl::StatusOr<nlohmann::json> Evaluate(const JobContext& context, const EvaluateSpec& spec,
                                        const EvaluationOptions& options) {
  return Evaluation(context, spec, options).Run();
}

}  // namespace stanflow
