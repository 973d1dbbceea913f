#ifndef STANFLOW_CORE_IO_NFCAPD_H_
#define STANFLOW_CORE_IO_NFCAPD_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// The binary files that nfcapd, sfcapd and nfpcapd of nfdump 1.6 and 1.7 write, read by nfdump itself
// (Debian's package nfdump): nfdump_output.h.
inline constexpr std::string_view kNfcapdFormat = "nfcapd";

// A compressed file (nfcapd compresses inside; this is one that somebody packed) is decompressed into the
// scratch folder first. Errors are those of OpenNfdumpOutput.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfcapd(ReaderInput input);

// Whether `start`, the beginning of a file, has the mark of such a file; else INVALID_ARGUMENT.
absl::Status ProbeNfcapd(std::string_view start);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NFCAPD_H_
