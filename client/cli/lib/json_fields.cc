#include "client/cli/lib/to_json.h"

namespace stanflow {
namespace {

constexpr JsonField kJob[] = {
    {"name", "\"jobs/ID\"; empty with --validate-only"},
    {"kind", "import, collect, train, evaluate, reproduce or stream"},
    {"state", "QUEUED, RUNNING, CANCELLING, SUCCEEDED, FAILED or CANCELLED"},
    {"priority", "larger runs first; 0 by default"},
    {"create_time", "when the job was stored"},
    {"start_time", "when its first attempt started; null before"},
    {"end_time", "when it ended; null before"},
    {"attempts", "how often a worker was given the job"},
    {"failures", "attempts that ended by the job's own fault"},
    {"max_failures", "failures at which it is FAILED"},
    {"progress", "the newest progress; null before the first"},
    {"progress.fraction", "share of the work done, 0 to 1"},
    {"progress.phase", "what is being done"},
    {"progress.attribute", "training: the attribute"},
    {"progress.epoch", "training: its epoch, 1 is the first"},
    {"progress.nats", "training: its validation nats a row"},
    {"progress.rows_per_second", "rows a second"},
    {"progress.seconds_left", "estimate, seconds; null while unknown"},
    {"progress.message", "what else there is to say"},
    {"error", "the last failure; null without one"},
    {"error.code", "canonical code, INVALID_ARGUMENT for instance"},
    {"error.message", "what went wrong"},
    {"result", "what the job made: \"datasets/ID\", \"models/M/versions/N\"; empty until SUCCEEDED"},
    {"artifacts", "files of the job: jobs get ID --artifact NAME"},
    {"request", "the request as it was stored"},
    {"figures", "what the job found, with train --validate-only its estimate; null without"},
};

constexpr JsonField kEvent[] = {
    {"sequence", "1 for the job's first event, without gaps"},
    {"time", "when it happened"},
    {"state", "the job's state then"},
    {"attempt", "the attempt it belongs to"},
    {"progress", "as in a job; null for a mere change of state"},
    {"message", "why the state changed"},
};

constexpr JsonField kDataset[] = {
    {"name", "\"datasets/ID\""},
    {"create_time", "when it was published"},
    {"digest", "SHA-256 over the stored columns, hexadecimal"},
    {"home", "home networks, CIDR"},
    {"holdout", "rows that training never reads: none, hours=odd, hours=even, hosts=SHARE or after=TIME"},
    {"format", "the reader that read it"},
    {"rows", "flows"},
    {"train_rows", "flows that training reads"},
    {"holdout_rows", "flows that evaluation reads"},
    {"hosts", "home hosts"},
    {"rejected_rows", "rows that could not be used"},
    {"rejected", "the first 100 of them"},
    {"rejected[].file", "name of the file, where several were imported; else empty"},
    {"rejected[].line",
     "line of the uncompressed file, 1 is the first; of a file that is no text, its record"},
    {"rejected[].reason", "what is wrong with it"},
    {"first_flow_end", "end of the first flow"},
    {"last_flow_end", "end of the last flow"},
    {"total_packets", "packets of all flows"},
    {"total_bytes", "bytes of all flows"},
    {"size_bytes", "size on the server's disk, bytes"},
    {"ranges", "smallest and largest value of every column: {COLUMN: {min, max}}"},
};

constexpr JsonField kDatasets[] = {{"datasets", "array of datasets"}};

constexpr JsonField kImported[] = {
    {"job", "the import job"},
    {"dataset", "the dataset it made; null if the job did not succeed"},
};

constexpr JsonField kJobs[] = {{"jobs", "array of jobs, newest first"}};

constexpr JsonField kModel[] = {
    {"name", "\"models/M/versions/N\""},
    {"create_time", "when it was published"},
    {"preset", "its kind of model, as train --preset names it"},
    {"state", "UNLOADED, LOADING, WARMING, READY or FAILED"},
    {"state_message", "why it is FAILED"},
    {"device", "where it is loaded: cpu, cuda:0; empty while it is not"},
    {"memory_bytes", "memory of the loaded weights, bytes; 0 while not loaded"},
    {"context_bytes", "memory of one generating host, bytes; 0 while not loaded"},
    {"aliases", "aliases that point at it"},
    {"size_bytes", "size on the server's disk, bytes"},
    {"dataset", "what it was trained on"},
    {"dataset_digest", "that dataset's digest"},
    {"hosts", "home hosts of the training data"},
    {"parameters", "trained numbers"},
    {"seed", "seed of the training"},
    {"validation_nats",
     "validation nats a row at the end of training; null for a kind that knows no likelihood"},
    {"manifest", "the whole manifest; null except in models describe"},
};

constexpr JsonField kModels[] = {{"models", "array of model versions"}};

constexpr JsonField kAlias[] = {
    {"model", "the model's id"},
    {"alias", "the alias"},
    {"version", "the version it points at; 0: there is none of that name any more"},
    {"history", "what it pointed at, oldest first"},
    {"history[].time", "when it was set"},
    {"history[].version", "the version it was set to; 0: removed"},
};

constexpr JsonField kDeleted[] = {{"deleted", "name of what is gone"}};

constexpr JsonField kExported[] = {
    {"model", "what was asked for"},
    {"output", "the file"},
    {"size_bytes", "its size, bytes"},
    {"sha256", "its digest, hexadecimal"},
};

constexpr JsonField kGenerated[] = {
    {"model_version", "\"models/M/versions/N\" that was resolved"},
    {"seed", "seed of the stream"},
    {"hosts", "home hosts"},
    {"home", "their network, CIDR"},
    {"start", "clock at which every host started"},
    {"build", "version of the server's program"},
    {"device", "kind of device that made the flows"},
    {"instruction_set", "instruction set that made the flows"},
    {"rows", "flows in the file"},
    {"simulated_seconds", "simulated time from start to the last flow's end, seconds"},
    {"total_packets", "packets of all flows"},
    {"total_bytes", "bytes of all flows"},
    {"resumed_rows", "flows that an earlier run had left in FILE.part; 0 for a new file"},
    {"reconnects", "how often a broken stream was continued"},
    {"output", "the file"},
};

constexpr JsonField kSimulated[] = {
    {"process", "office or paper"},
    {"rows", "flows in the file"},
    {"seed", "seed"},
    {"output", "the file"},
};

constexpr JsonField kStatus[] = {
    {"server", "address that was asked"},
    {"health", "SERVING, NOT_SERVING (starting or draining) or UNKNOWN"},
    {"datasets", "number of datasets"},
    {"models", "number of model versions"},
    {"models_ready", "of these, loaded and warm"},
    {"jobs_queued", "jobs that wait"},
    {"jobs_running", "jobs that run or are being cancelled"},
};

constexpr JsonField kReproduced[] = {
    {"job", "the job that judged the models, or the one that did not succeed"},
    {"json",
     "tables and figures, a file: tables.<2|3|4>, figures.<4..9>, models; null if a job did not succeed"},
    {"html", "the page, a file; null if a job did not succeed"},
};

constexpr JsonShape kShapes[] = {
    {"dataset", "datasets describe", kDataset},
    {"datasets", "datasets list", kDatasets},
    {"import", "datasets import (with --detach: a job)", kImported},
    {"job",
     "train; stream; datasets collect; jobs get, cancel; datasets import --detach; evaluate --detach; "
     "evaluate if its job did not succeed",
     kJob},
    {"jobs", "jobs list", kJobs},
    {"event", "jobs watch (one object a line)", kEvent},
    {"model", "models describe, import", kModel},
    {"models", "models list", kModels},
    {"alias", "models alias", kAlias},
    {"deleted", "datasets delete, models delete", kDeleted},
    {"export", "models export", kExported},
    {"generated", "generate --output FILE", kGenerated},
    {"simulated", "simulate --output FILE", kSimulated},
    {"reproduced", "reproduce paper", kReproduced},
    {"status", "status", kStatus},
};

}  // namespace

absl::Span<const JsonShape> AllJsonShapes() { return kShapes; }

}  // namespace stanflow
