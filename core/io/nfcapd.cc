#include "core/io/nfcapd.h"

#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/child_process.h"
#include "core/io/local_copy.h"
#include "core/io/nfdump_output.h"

namespace stanflow {
namespace {

// nfdump's magic number 0xA50C as little-endian machines write it.
constexpr std::string_view kMagic("\x0c\xa5", 2);

constexpr std::string_view kMend = "install it (Debian: apt-get install nfdump)";

// The number behind `key`; false if there is none.
bool NumberBehind(std::string_view line, std::string_view key, uint64_t* number) {
  const size_t at = line.find(key);
  if (at == std::string_view::npos) return false;
  const char* const begin = line.data() + at + key.size();
  return std::from_chars(begin, line.data() + line.size(), *number).ec == std::errc();
}

// What stands between `key` and the next comma, without spaces around it.
std::string WordBehind(std::string_view line, std::string_view key) {
  const size_t at = line.find(key);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = line.substr(at + key.size());
  return std::string(absl::StripAsciiWhitespace(ToAbsl(rest.substr(0, rest.find(',')))));
}

absl::StatusOr<std::string> AllOf(ChildProcess* program) {
  std::string all;
  while (true) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view block, program->Next());
    if (block.empty()) return all;
    all.append(block);
  }
}

// False if the line is none of an exporter that sent something.
bool ParseExporter(std::string_view line, NfcapdExporter* exporter) {
  if (!NumberBehind(line, "Sequence failures: ", &exporter->sequence_failures) ||
      !NumberBehind(line, "packets: ", &exporter->packets) ||
      !NumberBehind(line, "flows: ", &exporter->flows)) {
    return false;
  }
  exporter->name = StrCat(WordBehind(line, "IP:"), " version ", WordBehind(line, "version:"), " id ",
                          WordBehind(line, ", ID:"));
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfcapd(ReaderInput input) {
  STANFLOW_ASSIGN_OR_RETURN(LocalCopy copy, LocalCopy::Of(input));
  const auto file = std::make_shared<LocalCopy>(std::move(copy));
  return OpenNfdumpOutput({kNfcapdFormat, {"-r", file->path()}, file, ""}, input.options);
}

absl::Status ProbeNfcapd(std::string_view start) {
  if (start.substr(0, kMagic.size()) == kMagic) return absl::OkStatus();
  return absl::InvalidArgumentError("does not begin with nfcapd's mark, the bytes 0c a5");
}

// A line each: "SysID: 1, IP: 192.0.2.1, version: 9, ID: 0, Sequence failures: 0, packets: 573, flows:
// 20000".
absl::StatusOr<std::vector<NfcapdExporter>> ReadNfcapdExporters(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<ChildProcess> nfdump,
                            ChildProcess::Start({"nfdump", "-C", "none", "-G", "none", "-E", path}, kMend));
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, AllOf(nfdump.get()));
  std::vector<NfcapdExporter> exporters;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    NfcapdExporter exporter;
    if (ParseExporter({line.data(), line.size()}, &exporter)) exporters.push_back(std::move(exporter));
  }
  // Of a file that it can't read it says so and ends as if there were none in it.
  if (exporters.empty() && !nfdump->complaint().empty()) {
    return absl::DataLossError(StrCat("the file is damaged; nfdump says: ", nfdump->complaint()));
  }
  return exporters;
}

}  // namespace stanflow
