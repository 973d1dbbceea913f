#include "server/worker/collection_publisher.h"

#include <algorithm>
#include <string>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/manifest.h"

namespace stanflow {
namespace {

// A dataset is made anew of all its rows: at most a fifth of the time goes into that.
constexpr int kRestAfterPublishing = 4;

}  // namespace

CollectionPublisher::CollectionPublisher(const JobContext* context, const CollectSpec* spec,
                                         const Clock* clock, GrowingDataset* rows)
    : context_(*context),
      spec_(*spec),
      clock_(clock),
      rows_(*rows),
      publish_at_(clock->SteadyNow() + spec->publish_every) {}

absl::Status CollectionPublisher::FindPublished() {
  const auto manifest = ReadManifest(StrCat(context_.data_dir, "/datasets/", spec_.dataset.name));
  if (absl::IsNotFound(manifest.status())) return absl::OkStatus();
  STANFLOW_RETURN_IF_ERROR(manifest.status());
  published_rows_ = manifest->rows;
  published_rejected_rows_ = manifest->rejected_rows;
  return absl::OkStatus();
}

// A dataset has a row at least.
bool CollectionPublisher::IsPublished() const {
  if (rows_.rows() == 0) return true;
  return rows_.rows() == published_rows_ && rows_.rejected_rows() == published_rejected_rows_;
}

void CollectionPublisher::Hasten() {
  if (!IsPublished()) publish_at_ = clock_->SteadyNow();
}

absl::Status CollectionPublisher::Publish(const GroupingProgress& meanwhile) {
  if (IsPublished()) return absl::OkStatus();
  const auto begun = clock_->SteadyNow();
  STANFLOW_RETURN_IF_ERROR(Make(meanwhile));
  STANFLOW_RETURN_IF_ERROR(context_.publish_so_far());
  published_rows_ = rows_.rows();
  published_rejected_rows_ = rows_.rejected_rows();
  const auto now = clock_->SteadyNow();
  publish_at_ = now + std::max<std::chrono::steady_clock::duration>(spec_.publish_every,
                                                                    kRestAfterPublishing * (now - begun));
  return absl::OkStatus();
}

absl::Status CollectionPublisher::Make(const GroupingProgress& meanwhile) {
  const std::string out = context_.job_dir + "/out", dir = out + "/dataset";
  const absl::Status made = rows_.WriteTo(dir, clock_->NowMs(), meanwhile).status();
  if (made.ok()) return SyncDirectory(out);
  // A full disk is waited for, which half a dataset would keep full.
  (void)RemoveAll(dir);
  return made;
}

}  // namespace stanflow
