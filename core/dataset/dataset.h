#ifndef STANFLOW_CORE_DATASET_DATASET_H_
#define STANFLOW_CORE_DATASET_DATASET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/holdout.h"
#include "core/flow/address.h"
#include "core/flow/flow.h"
#include "core/flow/flow_reader.h"
#include "core/flow/host_row.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

enum class Split { kTrain, kHoldout, kAll };

// A run of one host's rows, in time order, that crosses no border of the hold-out: with
// hours=odd|even one hour of the clock, else all of the host's rows on one side. A model's
// context never reaches outside of it.
struct Sequence {
  uint32_t host = 0;   // index into Dataset::hosts()
  uint64_t begin = 0;  // rows [begin, end) of the dataset
  uint64_t end = 0;
  int64_t start_ms = 0;  // the clock's zero for the first row's time delta: the start of the
                         // hour, or the hour in which the dataset (or its `after` part) starts
  uint64_t size() const { return end - begin; }
};

// Hosts that occur in sequences that are ordered by host, as Dataset::Sequences answers them.
uint32_t CountHosts(const std::vector<Sequence>& sequences);

// What dataset.json holds.
struct DatasetManifest {
  std::string name;
  int64_t created_ms = 0;
  std::string digest;  // SHA-256 over the column files in their fixed order, hexadecimal
  std::vector<Cidr> home;
  Holdout holdout;
  std::string format;  // name of the reader; "zeek-tsv, nfcapd" of several
  uint64_t rows = 0, train_rows = 0, holdout_rows = 0, rejected_rows = 0;
  uint64_t hosts = 0;
  uint64_t size_bytes = 0;            // of the column files
  std::vector<RejectedRow> rejected;  // the first 100
  int64_t first_end_ms = 0, last_end_ms = 0;
  uint64_t total_packets = 0, total_bytes = 0;
  struct Range {
    std::string column;
    int64_t min = 0, max = 0;
  };
  std::vector<Range> ranges;
};

// A published dataset: rows grouped by home host, within a host by (end time, line of the
// source). Columns are memory-mapped, so resident memory is the system's to reclaim.
// Immutable after Open: any number of threads may read.
class Dataset {
 public:
  struct Host {
    uint32_t address = 0;
    uint64_t begin = 0, end = 0;  // its rows
  };

  // `dir` is a dataset's folder. Fails with DATA_LOSS and the file's name where a column is
  // missing, short, or (with `verify_digest`, which reads everything) altered. Of a folder whose name is
  // given to another one meanwhile (a collection's dataset) it opens either, whole.
  static absl::StatusOr<std::unique_ptr<Dataset>> Open(const std::string& dir, bool verify_digest = false);
  ~Dataset();

  const DatasetManifest& manifest() const;
  const std::vector<Host>& hosts() const;
  uint64_t size() const;
  Flow Row(uint64_t i) const;
  // The home host is the source wherever it is in the home network, else the destination.
  bool HomeIsSource(uint64_t i) const;
  // In order of (host, time). kTrain never holds a row of the hold-out.
  std::vector<Sequence> Sequences(Split split) const;
  // The rows as the host sees them; the first one's delta is from `sequence.start_ms`.
  std::vector<HostRow> HostRows(const Sequence& sequence) const;

 private:
  struct Rep;
  explicit Dataset(std::unique_ptr<Rep> rep);
  static absl::StatusOr<std::unique_ptr<Dataset>> OpenOnce(const std::string& dir, bool verify_digest);
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_DATASET_H_
