#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"
#include "core/io/biflow.h"
#include "core/io/csv_schema.h"
#include "core/io/ctu13_binetflow.h"
#include "core/io/generic_csv.h"
#include "core/io/ipfix.h"
#include "core/io/nfcapd.h"
#include "core/io/nfdump_csv.h"
#include "core/io/pcap.h"
#include "core/io/ugr16_csv.h"
#include "core/io/zeek_conn.h"

namespace stanflow {
namespace {

constexpr ReaderFormat kReaders[] = {
    {kUgr16CsvFormat, "nfdump's CSV in the layout of UGR'16", ProbeUgr16Csv, OpenUgr16Csv},
    {kNfdumpCsvFormat, "what nfdump -o csv writes", ProbeNfdumpCsv, OpenNfdumpCsv},
    {kNfcapdFormat, "binary files of nfcapd, read by nfdump", ProbeNfcapd, OpenNfcapd, ReadAs::kFile},
    {kIpfixFormat, "IPFIX messages one after another", ProbeIpfix, OpenIpfix, ReadAs::kBytes},
    {kPcapFormat, "packet captures, of which nfpcapd makes flows", ProbePcap, OpenPcap, ReadAs::kFile},
    {kZeekTsvFormat, "Zeek's conn.log, tab-separated", ProbeZeekTsv, OpenZeekTsv},
    {kZeekJsonFormat, "Zeek's conn.log, a JSON object a line", ProbeZeekJson, OpenZeekJson},
    {kCtu13Format, "Argus's CSV in the layout of CTU-13", ProbeCtu13Binetflow, OpenCtu13Binetflow},
    {kGenericCsvFormat, "any CSV, with a schema of its columns", ProbeGenericCsv, OpenGenericCsv},
};

constexpr std::string_view kAuto = "auto";

std::string Names() {
  return absl::StrJoin(AllReaders(), ", ",
                       [](std::string* out, const ReaderFormat& reader) { out->append(reader.name); });
}

absl::StatusOr<const ReaderFormat*> FindByName(std::string_view format) {
  for (const ReaderFormat& reader : kReaders) {
    if (reader.name == format) return &reader;
  }
  return absl::InvalidArgumentError(
      StrCat("format: '", format, "' is not known; it is one of ", kAuto, ", ", Names()));
}

absl::Status CheckFormat(std::string_view format) {
  return format == kAuto ? absl::OkStatus() : FindByName(format).status();
}

absl::Status CheckUseOfSchema(std::string_view format, std::string_view schema) {
  if (format == kGenericCsvFormat && schema.empty()) return ProbeGenericCsv({});
  if (schema.empty() || format == kAuto || format == kGenericCsvFormat) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat("schema: format ", format, " takes none; leave it out, or read ",
                                           "the files as ", kGenericCsvFormat));
}

absl::StatusOr<const ReaderFormat*> FindByProbe(std::string_view start) {
  std::string faults;
  for (const ReaderFormat& reader : kReaders) {
    const absl::Status fits = reader.probe(start);
    if (fits.ok()) return &reader;
    StrAppend(&faults, faults.empty() ? "" : "; ", "not ", reader.name, ": ", ToStd(fits.message()));
  }
  return absl::InvalidArgumentError(StrCat("the file is of no known format (", faults, ")"));
}

}  // namespace

absl::Span<const ReaderFormat> AllReaders() { return kReaders; }

absl::Status CheckReading(std::string_view format, std::string_view biflow, std::string_view schema) {
  STANFLOW_RETURN_IF_ERROR(CheckFormat(format));
  STANFLOW_RETURN_IF_ERROR(ParseBiflow(biflow).status());
  STANFLOW_RETURN_IF_ERROR(CheckUseOfSchema(format, schema));
  return schema.empty() ? absl::OkStatus() : ParseCsvSchema(schema).status();
}

absl::StatusOr<std::unique_ptr<FlowReader>> OpenFlowReader(const std::string& path, std::string_view format,
                                                           const ReaderOptions& options) {
  STANFLOW_RETURN_IF_ERROR(CheckFormat(format));
  STANFLOW_RETURN_IF_ERROR(CheckUseOfSchema(format, options.schema));
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, ByteSource::Open(path, options.source));
  if (source->first_block().empty()) return absl::InvalidArgumentError("the file is empty");
  if (format == kAuto && !options.schema.empty()) format = kGenericCsvFormat;
  STANFLOW_ASSIGN_OR_RETURN(const ReaderFormat* reader,
                            format == kAuto ? FindByProbe(source->first_block()) : FindByName(format));
  return reader->open({path, std::move(source), options});
}

}  // namespace stanflow
