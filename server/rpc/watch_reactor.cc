#include "server/rpc/watch_reactor.h"

#include <utility>

#include "core/base/status_macros.h"
#include "server/registry/resource_name.h"
#include "server/rpc/convert.h"
#include "server/rpc/jobs_service.h"

namespace stanflow {

grpc::ServerWriteReactor<v1::JobEvent>* WatchReactor::Start(const RpcEnvironment* env,
                                                            grpc::CallbackServerContext* context,
                                                            const v1::WatchJobRequest* request) {
  auto self = std::shared_ptr<WatchReactor>(new WatchReactor(env, context, request));
  self->self_ = self;
  {
    MutexLock lock(&self->mutex_);
    self->reading_ = true;
  }
  const bool queued = env->disk->Run([self, name = request->name()] {
    const absl::Status begun = self->Begin(name);
    self->env_->live->Add(self);
    if (begun.ok()) return self->Read();
    {
      MutexLock lock(&self->mutex_);
      self->reading_ = false;
    }
    self->End(begun);
  });
  if (!queued) {
    {
      MutexLock lock(&self->mutex_);
      self->reading_ = false;
    }
    self->End(TooBusy());
  }
  return self.get();
}

WatchReactor::WatchReactor(const RpcEnvironment* env, grpc::CallbackServerContext* context,
                           const v1::WatchJobRequest* request)
    : env_(env), context_(context), scope_(env, "Jobs/WatchJob"), after_(request->after_sequence()) {}

absl::Status WatchReactor::Begin(const std::string& name) {
  STANFLOW_ASSIGN_OR_RETURN(job_, ParseJobName("name", name));
  STANFLOW_RETURN_IF_ERROR(env_->jobs->Get(job_).status());
  // Before the first read, so that no event falls between the two.
  subscription_ = env_->jobs->Subscribe(job_, [this] { Changed(); });
  return absl::OkStatus();
}

void WatchReactor::Changed() {
  {
    MutexLock lock(&mutex_);
    changed_ = true;
  }
  Advance();
}

void WatchReactor::Read() {
  uint64_t after;
  {
    MutexLock lock(&mutex_);
    changed_ = false;
    after = after_;
  }
  const absl::StatusOr<std::vector<JobEvent>> events = env_->jobs->Events(job_, after);
  // A caller that has seen the last event already gets none, and the end at once.
  const absl::StatusOr<Job> job = env_->jobs->Get(job_);
  {
    MutexLock lock(&mutex_);
    reading_ = false;
    if (!events.ok() || !job.ok()) {
      if (!end_.has_value()) end_ = events.ok() ? job.status() : events.status();
    } else if (!end_.has_value()) {
      for (const JobEvent& event : *events) {
        page_.push_back(ToProto(event));
        after_ = event.sequence;
        if (IsFinal(event.state)) end_ = absl::OkStatus();
      }
      if (events->empty() && IsFinal(job->state) && !changed_) end_ = absl::OkStatus();
      // There may be more than a page holds.
      if (!events->empty()) changed_ = true;
    }
  }
  Advance();
}

void WatchReactor::End(const absl::Status& status) {
  {
    MutexLock lock(&mutex_);
    if (!end_.has_value()) end_ = status;
  }
  Advance();
}

void WatchReactor::Advance() {
  const v1::JobEvent* write = nullptr;
  std::optional<absl::Status> finish;
  bool read = false;
  {
    MutexLock lock(&mutex_);
    if (reading_ || writing_ || finished_) return;
    if (!page_.empty()) {
      writing_ = true;
      write_start_ = env_->clock->SteadyNow();
      write = &page_.front();
    } else if (end_.has_value()) {
      if (cancelling_) return;
      finished_ = true;
      finish = end_;
    } else if (changed_) {
      reading_ = true;
      read = true;
    }
  }
  if (write != nullptr) StartWrite(write);
  if (finish.has_value()) Finish(scope_.End(*finish));
  if (!read) return;
  if (env_->disk->Run([self = shared_from_this()] { self->Read(); })) return;
  {
    MutexLock lock(&mutex_);
    reading_ = false;
  }
  End(TooBusy());
}

void WatchReactor::OnWriteDone(bool ok) {
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    page_.pop_front();
    if (!ok) {
      page_.clear();
      end_ = absl::CancelledError("the reader is gone");
    }
  }
  Advance();
}

void WatchReactor::OnCancel() { End(absl::CancelledError("the reader is gone")); }

void WatchReactor::CheckStall(std::chrono::steady_clock::time_point now) {
  {
    MutexLock lock(&mutex_);
    if (!writing_ || finished_ || now - write_start_ < env_->options.stall_timeout) return;
    cancelling_ = true;
  }
  context_->TryCancel();
  {
    MutexLock lock(&mutex_);
    cancelling_ = false;
  }
  Advance();  // What was held back meanwhile.
}

void WatchReactor::EndForDrain(const absl::Status& status) { End(status); }

void WatchReactor::OnDone() {
  const auto last = std::move(self_);
  if (subscription_ != 0) env_->jobs->Unsubscribe(subscription_);
}

}  // namespace stanflow
