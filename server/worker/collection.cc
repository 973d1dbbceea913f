#include "server/worker/collection.h"

#include <algorithm>
#include <utility>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/dataset.h"
#include "core/io/all_formats.h"
#include "core/io/nfcapd.h"

namespace stanflow {
namespace {

using nlohmann::json;

std::string SpoolDir(const JobContext& context) { return context.job_dir + "/checkpoint/spool"; }
std::string RowsDir(const JobContext& context) { return context.job_dir + "/checkpoint/rows"; }
std::string PublishedDir(const JobContext& context, const std::string& dataset) {
  return StrCat(context.data_dir, "/datasets/", dataset);
}

// What the second publishing will need; by then, what came since the first one would go with the job.
absl::Status CheckFileSystem(const JobContext& context) {
  const std::string a = context.job_dir + "/checkpoint/exchange-a";
  const std::string b = context.job_dir + "/checkpoint/exchange-b";
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(a));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(b));
  STANFLOW_RETURN_IF_ERROR(ExchangeDirectories(a, b));
  STANFLOW_RETURN_IF_ERROR(RemoveAll(a));
  return RemoveAll(b);
}

// What makes a file one that nobody can read, not the machine one that can't read it now.
bool IsDamage(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsInvalidArgument(status);
}

}  // namespace

Collection::Collection(const JobContext* context, const CollectSpec& spec, const Clock* clock,
                       std::unique_ptr<GrowingDataset> rows, CollectorSpool spool)
    : context_(*context),
      spec_(spec),
      clock_(clock),
      rows_(std::move(rows)),
      spool_(std::move(spool)),
      publisher_(context, &spec_, clock, rows_.get()) {}

absl::StatusOr<std::unique_ptr<Collection>> Collection::Open(const JobContext* context,
                                                             const CollectSpec& spec, const Clock* clock) {
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<GrowingDataset> rows,
                            GrowingDataset::Open(RowsDir(*context), spec.dataset));
  const json note = rows->note();
  const json known = note.is_null() ? json::object() : note;
  STANFLOW_ASSIGN_OR_RETURN(CollectorSpool spool,
                            CollectorSpool::Open(SpoolDir(*context), known.value("through", uint64_t{0}),
                                                 known.value("given_up", std::vector<std::string>())));
  auto collection =
      std::unique_ptr<Collection>(new Collection(context, spec, clock, std::move(rows), std::move(spool)));
  STANFLOW_RETURN_IF_ERROR(note.is_null() ? collection->Begin() : collection->Restore(note));
  STANFLOW_RETURN_IF_ERROR(collection->publisher_.FindPublished());
  return collection;
}

absl::Status Collection::Begin() {
  STANFLOW_RETURN_IF_ERROR(CheckFileSystem(context_));
  started_ms_ = clock_->NowMs();
  if (!spec_.base_digest.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<Dataset> base,
                              Dataset::Open(PublishedDir(context_, spec_.dataset.name)));
    if (base->manifest().digest != spec_.base_digest) {
      return absl::FailedPreconditionError(
          StrCat("dataset '", spec_.dataset.name, "' is another one than when the collection was asked for"));
    }
    STANFLOW_RETURN_IF_ERROR(rows_->Begin(*base));
  }
  base_rows_ = rows_->rows();
  base_rejected_rows_ = rows_->rejected_rows();
  return Commit();
}

json Collection::Note() const {
  return {{"through", through_},
          {"given_up", spool_.given_up()},
          {"started_ms", started_ms_},
          {"base_rows", base_rows_},
          {"base_rejected_rows", base_rejected_rows_},
          {"totals", CollectionReportToJson(totals_)},
          {"exporters", exporters_.ToJson()}};
}

absl::Status Collection::Restore(const json& note) {
  try {
    through_ = note.at("through");
    started_ms_ = note.at("started_ms");
    base_rows_ = note.at("base_rows");
    base_rejected_rows_ = note.at("base_rejected_rows");
    STANFLOW_ASSIGN_OR_RETURN(exporters_, ExporterTotals::FromJson(note.at("exporters")));
    STANFLOW_ASSIGN_OR_RETURN(totals_, CollectionReportFromJson(note.at("totals")));
  } catch (const json::exception& e) {
    return absl::DataLossError(StrCat(RowsDir(context_), ": note: ", e.what()));
  }
  before_ = totals_;
  return absl::OkStatus();
}

absl::Status Collection::Recover() {
  STANFLOW_ASSIGN_OR_RETURN(const uint64_t lost, spool_.GiveUpUnfinished());
  totals_.lost_files += lost;
  // Also without a loss: from here on, a file may have the name of one that an earlier attempt gave up.
  STANFLOW_RETURN_IF_ERROR(RemoveGivenUp());
  STANFLOW_RETURN_IF_ERROR(TakeAll());
  // It would wait until the next one is due otherwise, and has waited for an attempt already.
  publisher_.Hasten();
  return Commit();
}

absl::Status Collection::Step(CollectorProcess* process) {
  STANFLOW_RETURN_IF_ERROR(process->Check());
  CountLosses(*process);
  STANFLOW_RETURN_IF_ERROR(TakeAll());
  return publisher_.IsDue() ? Publish() : absl::OkStatus();
}

absl::Status Collection::Finish() {
  // Part of a file must not be committed, nor the file be taken again on top of it: the next attempt begins
  // at the last commit.
  if (in_file_) return absl::OkStatus();
  STANFLOW_RETURN_IF_ERROR(Recover());
  return Publish();
}

void Collection::CountLosses(const CollectorProcess& process) {
  totals_.dropped_datagrams = before_.dropped_datagrams + process.dropped_datagrams();
  totals_.bad_datagrams = before_.bad_datagrams + process.bad_datagrams();
}

// Claims what is finished; what the spool has no room for is given up, the newest first, and counted.
absl::Status Collection::BoundSpool() {
  STANFLOW_RETURN_IF_ERROR(RemoveTaken());
  STANFLOW_RETURN_IF_ERROR(spool_.Claim());
  while (spool_.claimed_bytes() > spec_.max_spool_bytes && !spool_.claimed().empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const std::optional<uint64_t> flows, CountExporters(spool_.claimed().back()));
    totals_.dropped_flows += flows.value_or(0);
    spool_.GiveUpNewest();
  }
  return spool_.given_up().empty() ? absl::OkStatus() : RemoveGivenUp();
}

// What is lost is counted durably before it goes.
absl::Status Collection::RemoveGivenUp() {
  STANFLOW_RETURN_IF_ERROR(Commit());
  return spool_.RemoveGivenUp();
}

// What could not be removed when it was taken, too: it must neither be taken again nor be given up.
absl::Status Collection::RemoveTaken() {
  while (!spool_.claimed().empty() && spool_.claimed().front().number <= through_) {
    STANFLOW_RETURN_IF_ERROR(spool_.RemoveOldest());
  }
  return absl::OkStatus();
}

absl::Status Collection::TakeAll() {
  STANFLOW_RETURN_IF_ERROR(BoundSpool());
  while (!spool_.claimed().empty()) {
    STANFLOW_RETURN_IF_ERROR(Take(spool_.claimed().front()));
    STANFLOW_RETURN_IF_ERROR(RemoveTaken());
  }
  return absl::OkStatus();
}

absl::Status Collection::Take(const CollectorSpool::File& file) {
  STANFLOW_ASSIGN_OR_RETURN(const std::optional<uint64_t> flows, CountExporters(file));
  in_file_ = true;
  if (flows.has_value()) STANFLOW_RETURN_IF_ERROR(ReadFlows(file));
  totals_.flows = rows_->rows() - base_rows_;
  totals_.rejected_flows = rows_->rejected_rows() - base_rejected_rows_;
  totals_.dropped_flows += rows_->left_out_rows() - std::exchange(left_out_, rows_->left_out_rows());
  through_ = file.number;
  STANFLOW_RETURN_IF_ERROR(Commit());
  in_file_ = false;
  return absl::OkStatus();
}

absl::Status Collection::ReadFlows(const CollectorSpool::File& file) {
  ReaderOptions options;
  options.scratch_dir = context_.job_dir + "/checkpoint";
  auto reader = OpenFlowReader(file.path, kNfcapdFormat, options);
  absl::Status status = reader.status();
  FlowBatch batch;
  while (status.ok()) {
    const absl::StatusOr<bool> more = (*reader)->Next(&batch);
    status = more.status();
    if (!status.ok() || !*more) break;
    batch.file = file.name;
    STANFLOW_RETURN_IF_ERROR(rows_->Take(batch, (*reader)->format()));
  }
  if (!IsDamage(status)) return status;
  CountDamage(file, status);
  return absl::OkStatus();
}

void Collection::CountDamage(const CollectorSpool::File& file, const absl::Status& why) {
  LogWarning("a collector's file is damaged", {{"file", file.name}, {"why", why.ToString()}});
  ++totals_.lost_files;
}

absl::StatusOr<std::optional<uint64_t>> Collection::CountExporters(const CollectorSpool::File& file) {
  const auto exporters = ReadNfcapdExporters(file.path);
  if (IsDamage(exporters.status())) {
    CountDamage(file, exporters.status());
    return std::optional<uint64_t>();
  }
  STANFLOW_RETURN_IF_ERROR(exporters.status());
  exporters_.Add(*exporters);
  uint64_t flows = 0;
  for (const NfcapdExporter& exporter : *exporters) {
    totals_.sequence_failures += exporter.sequence_failures;
    flows += exporter.flows;
  }
  return std::optional<uint64_t>(flows);
}

// nfcapd goes on meanwhile.
absl::Status Collection::Publish() {
  return publisher_.Publish([this](double) { return BoundSpool(); });
}

std::string Collection::limit_reached() const {
  if (rows_->rows() >= spec_.dataset.max_rows) return "max_rows";
  const double minutes = static_cast<double>(clock_->NowMs() - started_ms_) / 60000;
  return spec_.max_minutes > 0 && minutes >= spec_.max_minutes ? "max_minutes" : "";
}

double Collection::fraction() const {
  const double rows = static_cast<double>(rows_->rows()) / static_cast<double>(spec_.dataset.max_rows);
  const double minutes = static_cast<double>(clock_->NowMs() - started_ms_) / 60000;
  const double time = spec_.max_minutes > 0 ? minutes / spec_.max_minutes : 0;
  return std::clamp(std::max(rows, time), 0.0, 1.0);
}

CollectionReport Collection::report() const {
  CollectionReport report = CountsSince(before_, totals_);
  report.spool_bytes = spool_.bytes();
  report.dataset_rows = rows_->rows();
  report.published_rows = publisher_.published_rows();
  return report;
}

json Collection::Figures() const {
  return {{"rows", rows_->rows()},
          {"began_with_rows", base_rows_},
          {"flows", totals_.flows},
          {"rejected_flows", totals_.rejected_flows},
          {"dropped_flows", totals_.dropped_flows},
          {"dropped_datagrams", totals_.dropped_datagrams},
          {"bad_datagrams", totals_.bad_datagrams},
          {"sequence_failures", totals_.sequence_failures},
          {"lost_files", totals_.lost_files},
          {"exporters", exporters_.ToJson()},
          {"ended_by", limit_reached()}};
}

}  // namespace stanflow
