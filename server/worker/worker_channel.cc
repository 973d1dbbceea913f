#include "server/worker/worker_channel.h"

#include <unistd.h>

#include <cerrno>

#include "server/jobs/worker_protocol.h"

namespace stanflow {

bool ProgressThinner::Passes(const JobProgress& progress, std::chrono::steady_clock::time_point now) {
  const bool news = !last_.has_value() || last_->phase != progress.phase ||
                    last_->attribute != progress.attribute || last_->epoch != progress.epoch;
  if (!news && now - last_time_ < kInterval) return false;
  last_ = progress;
  last_time_ = now;
  return true;
}

WorkerChannel::WorkerChannel(int fd, const Clock* clock)
    : fd_(fd), clock_(clock), heart_([this] { Beat(); }) {}

WorkerChannel::~WorkerChannel() {
  {
    MutexLock lock(&mutex_);
    closing_ = true;
    closing_changed_.NotifyAll();
  }
  heart_.join();
  ::close(fd_);
}

void WorkerChannel::Progress(const JobProgress& progress) {
  MutexLock lock(&mutex_);
  if (thinner_.Passes(progress, clock_->SteadyNow())) Write(ProgressLine(progress));
}

void WorkerChannel::Sink(const SinkReport& report) {
  MutexLock lock(&mutex_);
  Write(SinkLine(report));
}

void WorkerChannel::Collection(const CollectionReport& report) {
  MutexLock lock(&mutex_);
  Write(CollectionLine(report));
}

void WorkerChannel::Publish() {
  MutexLock lock(&mutex_);
  Write(PublishLine());
}

void WorkerChannel::Error(const absl::Status& error) {
  MutexLock lock(&mutex_);
  Write(ErrorLine(error));
}

void WorkerChannel::Beat() {
  MutexLock lock(&mutex_);
  while (!closing_) {
    Write(HeartbeatLine());
    const auto next = clock_->SteadyNow() + kHeartbeat;
    while (!closing_ && closing_changed_.WaitUntil(&mutex_, next)) {
    }
  }
}

void WorkerChannel::Write(std::string line) {
  line += '\n';
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t n = ::write(fd_, line.data() + done, line.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ::_exit(static_cast<int>(WorkerExit::kOrphaned));
    done += static_cast<size_t>(n);
  }
}

}  // namespace stanflow
