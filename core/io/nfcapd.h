#ifndef STANFLOW_CORE_IO_NFCAPD_H_
#define STANFLOW_CORE_IO_NFCAPD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

// What nfcapd has noted in a file of the exporters that it heard.
struct NfcapdExporter {
  std::string name;  // "192.0.2.1 version 9 id 0"
  uint64_t sequence_failures = 0, packets = 0, flows = 0;
};

// Asks nfdump for them; those that sent nothing are left out. Errors are those of OpenNfdumpOutput, DATA_LOSS
// also if nfdump names none and complains: it ends well on a file that it can't read.
absl::StatusOr<std::vector<NfcapdExporter>> ReadNfcapdExporters(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_NFCAPD_H_
