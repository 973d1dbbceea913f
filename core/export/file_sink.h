#ifndef STANFLOW_CORE_EXPORT_FILE_SINK_H_
#define STANFLOW_CORE_EXPORT_FILE_SINK_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/export/flow_sink.h"
#include "core/export/sink_url.h"

namespace stanflow {

// Flows in a file, or in parts of it, by a writer of core/io. The file's folder is made; nothing outside of
// SinkOptions::file_dir is written.
//
// Without rotation the file is written under its own name. With it there are parts as FileParts names them:
// each begins with the format's header, and only the part of a stream without flows has none. Either way the
// first file is there when opening returns, so that a second stream of the same name is refused. By time a
// part holds the flows that end in one interval (whole ones since 1970; a flow that comes late stays in the
// part that is open), by size it is at most so large, unless its only flow is larger. A part gets its
// complete name with the first Commit behind its end, or by Finish, and is never touched again.
//
// Commit syncs. Opening cuts back to it: the part that was open is shortened, later ones are removed. A file
// that is there and is not this stream's is FAILED_PRECONDITION; one of this stream that is gone or too short
// is DATA_LOSS. Two processes must not write one stream.
absl::StatusOr<std::unique_ptr<FlowSink>> OpenFileSink(const FileSink& url, const SinkOptions& options);

// INVALID_ARGUMENT for a path that leads out of the folder, or a format that there is no writer for, with the
// list of those there are.
absl::Status CheckFileSink(const FileSink& url, const SinkOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_FILE_SINK_H_
