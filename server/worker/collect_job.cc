#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/worker/collect_spec.h"
#include "server/worker/collection.h"
#include "server/worker/collector_process.h"
#include "server/worker/job_handler.h"

namespace stanflow {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::chrono::milliseconds kLook{100};
// nfcapd's files: what it is at is lost if it is killed, and none is younger than 2 s.
constexpr seconds kYoungest{2}, kOldest{30};

// Tells of the collection: of its counts twice a second, of its progress, which is kept for ever, ever more
// seldom.
class Teller {
 public:
  Teller(const JobContext* context, const CollectSpec& spec) : context_(*context), listen_(spec.listen) {}

  void MaybeTell(const Collection& collection) {
    const double now = std::chrono::duration<double>(Clock::Real().SteadyNow() - start_).count();
    if (now >= next_report_) {
      next_report_ = now + 0.5;
      context_.collection_report(collection.report());
    }
    if (now < next_progress_) return;
    next_progress_ = now + std::clamp(now / 60, 0.5, 30.0);
    Progress(collection, "collecting", StrCat("listening on ", listen_));
  }

  void TellEnd(const Collection& collection) const {
    context_.collection_report(collection.report());
    // Another phase: a progress of the same one may be left out.
    Progress(collection, "ended", StrCat("at ", listen_));
  }

 private:
  void Progress(const Collection& collection, const char* phase, const std::string& what) const {
    JobProgress progress;
    progress.phase = phase;
    progress.fraction = collection.fraction();
    progress.message = StrCat(what, ": ", collection.Describe());
    context_.progress(progress);
  }

  const JobContext& context_;
  const std::string listen_;
  const std::chrono::steady_clock::time_point start_ = Clock::Real().SteadyNow();
  double next_report_ = 0, next_progress_ = 0;
};

CollectorOptions OptionsOf(const JobContext& context, const CollectSpec& spec, const Collection& collection) {
  CollectorOptions options;
  options.address = spec.address;
  options.port = spec.port;
  options.folder = collection.spool().incoming();
  options.file_age = std::clamp(spec.publish_every, kYoungest, kOldest);
  options.receive_buffer_bytes = spec.receive_buffer_bytes;
  options.lock_path = context.job_dir + "/nfcapd.LOCK";
  options.log_path = context.job_dir + "/nfcapd.log";
  return options;
}

// A port that was free at first is taken for a while.
absl::StatusOr<std::unique_ptr<CollectorProcess>> Listen(const JobContext& context,
                                                         const CollectorOptions& options) {
  auto process = CollectorProcess::Start(options);
  if (context.attempt == 1 || !absl::IsFailedPrecondition(process.status())) return process;
  return absl::UnavailableError(process.status().message());
}

bool IsToEnd(const JobContext& context, const Collection& collection) {
  return context.stop_requested() || !collection.limit_reached().empty();
}

absl::Status StepUntilTheEnd(const JobContext& context, CollectorProcess* process, Collection* collection,
                             Teller* teller) {
  while (!IsToEnd(context, *collection)) {
    teller->MaybeTell(*collection);
    STANFLOW_RETURN_IF_ERROR(collection->Step(process));
    Clock::Real().SleepUntil(Clock::Real().SteadyNow() + kLook);
  }
  return absl::OkStatus();
}

// With nfcapd from its start to its end; without it if there is nothing to wait for any more.
absl::Status Collect(const JobContext& context, const CollectSpec& spec, Collection* collection,
                     Teller* teller) {
  if (IsToEnd(context, *collection)) return absl::OkStatus();
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<CollectorProcess> process,
                            Listen(context, OptionsOf(context, spec, *collection)));
  const absl::Status collected = StepUntilTheEnd(context, process.get(), collection, teller);
  process->Stop();
  collection->CountLosses(*process);
  return collected;
}

}  // namespace

absl::StatusOr<json> RunCollectJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(const CollectSpec spec, ParseCollectSpec(context.spec));
  // Also if it is to stop: what came before is taken and published all the same.
  STANFLOW_RETURN_IF_ERROR(WaitForFormerCollector(context.job_dir + "/nfcapd.LOCK"));
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<Collection> collection,
                            Collection::Open(&context, spec, &Clock::Real()));
  STANFLOW_RETURN_IF_ERROR(collection->Recover());
  Teller teller(&context, spec);
  const absl::Status collected = Collect(context, spec, collection.get(), &teller);
  // Also after an error: it may be the job's end, and what came is kept.
  const absl::Status finished = collection->Finish();
  teller.TellEnd(*collection);
  STANFLOW_RETURN_IF_ERROR(collected);
  STANFLOW_RETURN_IF_ERROR(finished);
  if (collection->limit_reached().empty()) return absl::CancelledError("the collection was stopped");
  return collection->Figures();
}

}  // namespace stanflow
