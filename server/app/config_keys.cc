#include "server/app/config_keys.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

constexpr double kMaxBytes = 1e15, kMaxRows = 1e12, kMaxSeconds = 1e7, kMaxThreads = 4096;

#define FIELD(member) [](ServerConfig* c) -> ConfigField { return &c->member; }

const std::vector<ConfigKey>& Keys() {
  static const auto* const keys = new std::vector<ConfigKey>{
      {"data_dir", ConfigUnit::kNone,
       "Folder of jobs, datasets and models; made if missing. One server at a time; a local file system.",
       FIELD(data_dir)},
      {"listen", ConfigUnit::kAddress,
       "Where the gRPC service listens. The loopback by default: there is no authentication.", FIELD(listen)},
      {"metrics_listen", ConfigUnit::kAddress, "Where /metrics is served to Prometheus.",
       FIELD(metrics_listen)},
      {"devices", ConfigUnit::kNone,
       "Where models run, in order of preference: auto (every CUDA device, else the CPU), cpu, cuda:0, "
       "cuda:1, ...",
       FIELD(devices)},

      {"log.level",
       ConfigUnit::kNone,
       "What is less is not logged.",
       FIELD(log.level),
       0,
       0,
       {"debug", "info", "warning", "error"}},
      {"log.format",
       ConfigUnit::kNone,
       "text for people, json (one object a line) for collectors.",
       FIELD(log.format),
       0,
       0,
       {"text", "json"}},

      {"jobs.max_running", ConfigUnit::kNone,
       "Trainings and evaluations that run at once. Each uses all cores, so two would only take turns. One "
       "import may run beside them.",
       FIELD(jobs.max_running), 1, 64},
      {"jobs.max_queued", ConfigUnit::kNone,
       "Jobs that may wait; one more is refused at once (RESOURCE_EXHAUSTED), because it would wait for "
       "days.",
       FIELD(jobs.max_queued), 1, 1e6},
      {"jobs.max_failures", ConfigUnit::kNone,
       "Attempts that may end by a job's own fault before it is FAILED. Three outlive a crash by chance. "
       "Restarts of the server don't count.",
       FIELD(jobs.max_failures), 1, 100},
      {"jobs.lease_seconds", ConfigUnit::kSeconds,
       "A worker that says nothing for so long is killed and its job tried again. Workers report every 2 s.",
       FIELD(jobs.lease_seconds), 10, 3600},
      {"jobs.cancel_grace_seconds", ConfigUnit::kSeconds,
       "From asking a cancelled job's worker to stop to killing it: it may be writing a checkpoint.",
       FIELD(jobs.cancel_grace_seconds), 0, 3600},
      {"jobs.worker_threads", ConfigUnit::kThreads,
       "Compute threads of a job; 0 is one a core. Workers that compute run at nice 10: training gets what "
       "serving leaves.",
       FIELD(jobs.worker_threads), 0, kMaxThreads},
      {"jobs.worker_program", ConfigUnit::kNone,
       "Program that does a job; empty is stanflow-worker beside stanflowd.", FIELD(jobs.worker_program)},

      {"generate.engine_threads", ConfigUnit::kThreads, "Threads that make flows; 0 is one a core.",
       FIELD(generate.engine_threads), 0, kMaxThreads},
      {"generate.max_streams", ConfigUnit::kNone,
       "Streams at once; one more is refused at once (RESOURCE_EXHAUSTED).", FIELD(generate.max_streams), 1,
       1e5},
      {"generate.max_contexts", ConfigUnit::kNone,
       "Hosts over all streams, each with a state in memory (`models describe` shows its size).",
       FIELD(generate.max_contexts), 1, 1e8},
      {"generate.look_ahead_rows", ConfigUnit::kRows,
       "Flows that may wait inside a stream until flows of slower hosts are in order. More fills batches "
       "better; a row is about 60 bytes.",
       FIELD(generate.look_ahead_rows), 1, kMaxRows},
      {"generate.snapshot_rows", ConfigUnit::kRows,
       "Flows between two snapshots of a stream on disk, from which a broken stream goes on; 0 is only when "
       "the server stops.",
       FIELD(generate.snapshot_rows), 0, kMaxRows},
      {"generate.snapshot_memory_bytes", ConfigUnit::kBytes,
       "Snapshots on their way to disk; one more is skipped, and a stream with a larger state than this is "
       "never saved. A host of the default preset is about 140 KiB.",
       FIELD(generate.snapshot_memory_bytes), 1, kMaxBytes},
      {"generate.snapshot_disk_bytes", ConfigUnit::kBytes,
       "All snapshots on disk; the oldest make room for new ones.", FIELD(generate.snapshot_disk_bytes), 1,
       kMaxBytes},
      {"generate.outbox_bytes", ConfigUnit::kBytes,
       "Bytes of a stream that may wait for a slow reader before the stream sits out.",
       FIELD(generate.outbox_bytes), 65536, kMaxBytes},
      {"generate.stall_timeout_seconds", ConfigUnit::kSeconds,
       "A stream whose reader takes nothing for so long is ended; 0 is never.",
       FIELD(generate.stall_timeout_seconds), 0, kMaxSeconds},
      {"generate.load_timeout_seconds", ConfigUnit::kSeconds,
       "How long a Generate without a deadline waits for its model to be loaded.",
       FIELD(generate.load_timeout_seconds), 1, kMaxSeconds},

      {"streams.max_running", ConfigUnit::kNone,
       "Stream jobs that run at once, each a process of its own; more wait. Each takes one of "
       "generate.max_streams.",
       FIELD(streams.max_running), 1, 1000},
      {"streams.file_dir", ConfigUnit::kNone,
       "Folder that stream jobs may write files into, and that their relative paths start from; empty is "
       "`exports` in the data folder.",
       FIELD(streams.file_dir)},

      {"collections.max_running", ConfigUnit::kNone,
       "Collections that run at once, each with a collector (nfcapd) of its own; more wait, and hear "
       "nothing.",
       FIELD(collections.max_running), 1, 1000},
      {"collections.max_rows", ConfigUnit::kRows,
       "Rows of a collected dataset at which its collection ends. They lie on disk twice while it runs, "
       "three times for moments: about 130 bytes a row.",
       FIELD(collections.max_rows), 1, kMaxRows},
      {"collections.max_spool_bytes", ConfigUnit::kBytes,
       "What a collection has received and not taken yet; what comes beyond that is given up, and counted.",
       FIELD(collections.max_spool_bytes), 1 << 20, kMaxBytes},
      {"collections.receive_buffer_bytes", ConfigUnit::kBytes,
       "Socket buffer of a collector, for bursts; without the rights of root, net.core.rmem_max is the most.",
       FIELD(collections.receive_buffer_bytes), 65536, 1 << 30},

      {"uploads.max_bytes", ConfigUnit::kBytes,
       "Size of an uploaded file, as sent, from which it is refused.", FIELD(uploads.max_bytes), 1,
       kMaxBytes},
      {"uploads.max_uncompressed_bytes", ConfigUnit::kBytes,
       "Size of an uploaded file, unpacked, from which its import fails: a few kilobytes can hold petabytes.",
       FIELD(uploads.max_uncompressed_bytes), 1, kMaxBytes},

      {"models.max_loaded_bytes", ConfigUnit::kBytes,
       "Weights in memory from which idle models are unloaded, the longest unused first; 0 is no limit. "
       "Models in use stay.",
       FIELD(models.max_loaded_bytes), 0, kMaxBytes},

      {"shutdown.drain_seconds", ConfigUnit::kSeconds,
       "From SIGTERM on, how long streams may finish and workers may write a checkpoint before they are "
       "ended.",
       FIELD(shutdown.drain_seconds), 0, 3600},
  };
  return *keys;
}

#undef FIELD

// Levenshtein's distance.
size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string LastPart(const std::string& name) { return name.substr(name.rfind('.') + 1); }

// A key in the wrong section is nearer than one with another name.
size_t NameDistance(const std::string& a, const std::string& b) {
  const size_t whole = EditDistance(a, b);
  return LastPart(a) == LastPart(b) ? std::min<size_t>(whole, 1) : whole;
}

}  // namespace

absl::Span<const ConfigKey> ConfigKeys() { return Keys(); }

const ConfigKey* FindConfigKey(const std::string& name) {
  for (const ConfigKey& key : Keys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

bool IsConfigSection(const std::string& name) {
  return std::any_of(Keys().begin(), Keys().end(), [&](const ConfigKey& key) {
    return absl::StartsWith(key.name, absl::StrCat(name, "."));
  });
}

std::string NearestConfigName(const std::string& name) {
  std::string nearest;
  // More than a third of the letters wrong is another word.
  size_t best = std::max<size_t>(2, name.size() / 3) + 1;
  const auto consider = [&](const std::string& candidate) {
    const size_t distance = NameDistance(name, candidate);
    if (distance >= best) return;
    best = distance;
    nearest = candidate;
  };
  for (const ConfigKey& key : Keys()) {
    consider(key.name);
    const size_t dot = key.name.find('.');
    if (dot != std::string::npos) consider(key.name.substr(0, dot));
  }
  return nearest;
}

}  // namespace stanflow
