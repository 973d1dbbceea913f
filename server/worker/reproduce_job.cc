#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/study/paper_html.h"
#include "core/study/paper_json.h"
#include "server/worker/evaluation.h"
#include "server/worker/reproduce_spec.h"

namespace stanflow {
namespace {

// The series of real rows in a report, in the form that another evaluation takes.
nlohmann::json RealTasksOf(const nlohmann::json& report) {
  nlohmann::json tasks = At(report, {"tasks"});
  for (const char* task : {"task1", "task2"}) {
    if (!At(tasks, {task}).is_array()) continue;
    nlohmann::json real = nlohmann::json::array();
    for (const auto& point : tasks[task]) {
      if (point["series"] == "real") real.push_back(point);
    }
    tasks[task] = std::move(real);
  }
  return tasks;
}

class Reproduction {
 public:
  Reproduction(const JobContext& context, ReproduceSpec spec) : context_(context), spec_(std::move(spec)) {}

  absl::StatusOr<nlohmann::json> Run() {
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(CheckpointDir()));
    for (size_t m = 0; m < spec_.models.size(); ++m) {
      STANFLOW_ASSIGN_OR_RETURN(nlohmann::json report, ReportOf(m));
      models_.push_back({spec_.models[m].name, std::move(report)});
    }
    Report("two-variable process", static_cast<double>(spec_.models.size()));
    TwoVariableStudyOptions study;
    study.seed = spec_.seed;
    study.stop_requested = context_.stop_requested;
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<ProcessModel> process, StudyTwoVariables(study));
    return Publish(process);
  }

 private:
  std::string CheckpointDir() const { return context_.job_dir + "/checkpoint"; }
  std::string CheckpointOf(const std::string& name) const {
    return StrCat(CheckpointDir(), "/", name, ".json");
  }

  // `done`: of the models, and of the process as one more.
  void Report(const std::string& message, double done) const {
    JobProgress progress;
    progress.fraction = done / (static_cast<double>(spec_.models.size()) + 1);
    progress.phase = "reproducing";
    progress.message = message;
    context_.progress(progress);
  }

  // From an attempt before this one, or made now and kept.
  absl::StatusOr<nlohmann::json> ReportOf(size_t m) {
    const ReproduceSpec::Model& model = spec_.models[m];
    const std::string path = CheckpointOf(model.name);
    const absl::StatusOr<std::string> kept = ReadFile(path);
    if (kept.ok()) {
      auto report = nlohmann::json::parse(*kept, nullptr, /*allow_exceptions=*/false);
      if (report.is_object()) return report;
    }
    JobContext context = context_;
    context.progress = [this, &model, m](const JobProgress& progress) {
      Report(StrCat(model.name, ": ", progress.phase), static_cast<double>(m) + progress.fraction);
    };
    EvaluationOptions options;
    options.baseline = false;
    const nlohmann::json real = models_.empty() ? nlohmann::json() : RealTasksOf(models_.front().report);
    if (real.is_object()) options.real_tasks = &real;
    STANFLOW_ASSIGN_OR_RETURN(nlohmann::json report, Evaluate(context, model.evaluate, options));
    STANFLOW_RETURN_IF_ERROR(WriteFileDurably(path, report.dump()));
    return report;
  }

  absl::StatusOr<nlohmann::json> Publish(const std::vector<ProcessModel>& process) const {
    const nlohmann::json paper = PaperJson(models_, process);
    const std::string out = context_.job_dir + "/out";
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(out));
    STANFLOW_RETURN_IF_ERROR(WriteFileDurably(out + "/report.json", paper.dump(1) + "\n"));
    STANFLOW_RETURN_IF_ERROR(WriteFileDurably(out + "/report.html", PaperHtml(paper)));
    nlohmann::json figures;
    for (const PaperModel& model : models_) figures[model.name] = At(model.report, {"summary"});
    return figures;
  }

  const JobContext& context_;
  const ReproduceSpec spec_;
  std::vector<PaperModel> models_;
};

}  // namespace

absl::StatusOr<nlohmann::json> RunReproduceJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(ReproduceSpec spec, ParseReproduceSpec(context.spec));
  return Reproduction(context, std::move(spec)).Run();
}

}  // namespace stanflow
