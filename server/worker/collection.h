#ifndef STANFLOW_SERVER_WORKER_COLLECTION_H_
#define STANFLOW_SERVER_WORKER_COLLECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/dataset/growing_dataset.h"
#include "nlohmann/json.hpp"
#include "server/jobs/collection_report.h"
#include "server/worker/collect_spec.h"
#include "server/worker/collection_publisher.h"
#include "server/worker/collector_process.h"
#include "server/worker/collector_spool.h"
#include "server/worker/exporter_totals.h"
#include "server/worker/job_handler.h"

namespace stanflow {

// A collection as its job's folder holds it (`checkpoint/`): nfcapd writes files into the spool; each that is
// finished is taken into the growing dataset, committed together with its number, and then removed. The
// dataset is made anew of all committed rows from time to time, and published.
//
// After a crash at any moment a finished file has been taken or it has not, and is then taken by the next
// attempt; what is published is never more than what was committed. A file that is given up is counted before
// it goes, and once. Not safe for concurrent use.
class Collection {
 public:
  // Goes on where an earlier attempt got to. `context` and `clock` outlive it. FAILED_PRECONDITION if the
  // dataset that it begins with is not there any more, or the file system can't exchange two folders' names.
  static absl::StatusOr<std::unique_ptr<Collection>> Open(const JobContext* context, const CollectSpec& spec,
                                                          const Clock* clock);

  // While no nfcapd runs: takes what one has left behind. The next Step publishes it.
  absl::Status Recover();
  // Takes the files that are finished, and publishes if that is due.
  absl::Status Step(CollectorProcess* process);
  // What the process has lost so far.
  void CountLosses(const CollectorProcess& process);
  // While no nfcapd runs any more: takes everything and publishes it. Not after a file that could not be
  // taken.
  absl::Status Finish();

  // Why it is to end: "max_rows", "max_minutes"; empty: it goes on.
  std::string limit_reached() const;
  // Since this was opened.
  CollectionReport report() const;
  // Over all attempts; what a job's result says.
  nlohmann::json Figures() const;
  // "1200 flows, 3 rejected" and whatever was lost.
  std::string Describe() const { return DescribeCounts(totals_); }
  // Of what bounds it, 0 to 1.
  double fraction() const;
  const CollectorSpool& spool() const { return spool_; }

 private:
  Collection(const JobContext* context, const CollectSpec& spec, const Clock* clock,
             std::unique_ptr<GrowingDataset> rows, CollectorSpool spool);
  absl::Status Begin();
  absl::Status Restore(const nlohmann::json& note);
  nlohmann::json Note() const;
  absl::Status Commit() { return rows_->Commit(Note()); }

  absl::Status BoundSpool();
  absl::Status RemoveGivenUp();
  absl::Status RemoveTaken();
  absl::Status TakeAll();
  absl::Status Take(const CollectorSpool::File& file);
  absl::Status ReadFlows(const CollectorSpool::File& file);
  // The flows of the file; nothing if it is damaged, which is counted.
  absl::StatusOr<std::optional<uint64_t>> CountExporters(const CollectorSpool::File& file);
  void CountDamage(const CollectorSpool::File& file, const absl::Status& why);
  absl::Status Publish();

  const JobContext& context_;
  const CollectSpec spec_;
  const Clock* const clock_;
  std::unique_ptr<GrowingDataset> rows_;
  CollectorSpool spool_;
  CollectionPublisher publisher_;
  int64_t started_ms_ = 0;
  uint64_t through_ = 0;                             // number of the newest file that was taken
  uint64_t base_rows_ = 0, base_rejected_rows_ = 0;  // that the dataset began with
  // Over all attempts, those before this one, and what the processes of this one have lost. The flows and
  // rejected flows of `totals_` are those of `rows_`.
  CollectionReport totals_, before_;
  bool in_file_ = false;   // part of a file was taken, and not committed
  uint64_t left_out_ = 0;  // of rows_, as far as totals_ has them
  ExporterTotals exporters_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECTION_H_
