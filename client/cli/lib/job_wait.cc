#include "client/cli/lib/job_wait.h"

#include "client/cli/lib/format.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/progress.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {

absl::Status WatchEvents(const Server& server, const JobWatch& watch,
                         const std::function<absl::Status(const v1::JobEvent&)>& on_event) {
  Backoff backoff(server.interrupt,
                  std::chrono::milliseconds(static_cast<int64_t>(watch.retry_seconds * 1000)));
  v1::WatchJobRequest request;
  request.set_name(watch.name);
  request.set_after_sequence(watch.after_sequence);
  bool ended = false, reached = watch.submitted;
  while (true) {
    grpc::ClientContext context;
    const Interrupt::CallScope scope(server.interrupt, &context);
    const auto reader = server.jobs->WatchJob(&context, request);
    v1::JobEvent event;
    bool any = false;
    while (reader->Read(&event)) {
      any = reached = true;
      backoff.Reset();
      request.set_after_sequence(event.sequence());
      ended = Ended(event.state());
      const absl::Status status = on_event(event);
      if (status.ok()) continue;
      context.TryCancel();
      reader->Finish();
      return status;
    }
    const absl::Status status = FromGrpc(reader->Finish(), server.address);
    // Without a new event it ends well only where the last one was known already.
    if (ended || (status.ok() && !any)) return absl::OkStatus();
    // A server with too many calls waiting takes another one soon.
    const bool busy = absl::IsResourceExhausted(status);
    if (!status.ok() && !absl::IsUnavailable(status) && !busy) return status;
    if (busy) reached = true;
    const absl::Status why =
        status.ok() ? absl::UnavailableError("the server ended the watch early") : status;
    if (!reached || watch.retry_seconds <= 0 || server.interrupt->triggered()) return why;
    if (watch.on_break != nullptr && !backoff.failing()) watch.on_break(why);
    if (!backoff.Wait()) return why;
  }
}

void NoteBreak(const Cli& cli, const JobWatch& watch, const absl::Status& why) {
  cli.Note(StrCat("stanflow: the watch of ", watch.name, " broke off (", std::string(why.message()),
                  "); trying to go on for ", FormatSeconds(watch.retry_seconds)));
}

absl::StatusOr<v1::Job> WaitForJob(const Cli& cli, const Server& server, const JobWatch& watch) {
  absl::Status status;
  {
    ProgressLine line(cli.err);
    JobWatch noted = watch;
    noted.on_break = [&](const absl::Status& why) {
      line.Clear();
      NoteBreak(cli, watch, why);
    };
    status = WatchEvents(server, noted, [&line, last = v1::JobProgress()](const v1::JobEvent& event) mutable {
      if (event.has_progress()) last = event.progress();
      line.Show(DescribeProgress(event.state(), last));
      return absl::OkStatus();
    });
  }
  if (cli.interrupt->triggered()) {
    cli.Note(StrCat(watch.name, " goes on without being watched; to watch or stop it: stanflow jobs watch ",
                    watch.name, ", stanflow jobs cancel ", watch.name));
  }
  STANFLOW_RETURN_IF_ERROR(status);
  v1::GetJobRequest request;
  request.set_name(watch.name);
  return server.Call(server.jobs.get(), &v1::Jobs::Stub::GetJob, request);
}

ExitCode JobOutcome(const Cli& cli, const v1::Job& job) {
  if (job.state() == v1::JOB_STATE_SUCCEEDED) return ExitCode::kOk;
  if (job.state() == v1::JOB_STATE_CANCELLED) {
    cli.Note(StrCat("stanflow: ", job.name(), " was cancelled"));
    return ExitCode::kCancelled;
  }
  cli.Note(StrCat("stanflow: ", job.name(), " failed: ", job.error_code(), ": ", job.error_message()));
  return ExitCode::kJobFailed;
}

absl::StatusOr<std::string> GetArtifact(const Server& server, const std::string& job,
                                        const std::string& artifact) {
  v1::GetArtifactRequest request;
  request.set_name(job);
  request.set_artifact(artifact);
  grpc::ClientContext context;
  const Interrupt::CallScope scope(server.interrupt, &context);
  const auto reader = server.jobs->GetArtifact(&context, request);
  std::string out;
  v1::ArtifactChunk chunk;
  while (reader->Read(&chunk)) out += chunk.data();
  STANFLOW_RETURN_IF_ERROR(FromGrpc(reader->Finish(), server.address));
  return out;
}

}  // namespace stanflow
