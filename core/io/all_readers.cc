#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

constexpr ReaderFormat kReaders[] = {
    {kUgr16CsvFormat, "nfdump's CSV in the layout of UGR'16", ProbeUgr16Csv, NewUgr16CsvReader},
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
      StrCat("format '", format, "' is not known; it is one of ", kAuto, ", ", Names()));
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

absl::Status CheckReaderFormat(std::string_view format) {
  return format == kAuto ? absl::OkStatus() : FindByName(format).status();
}

absl::StatusOr<std::unique_ptr<FlowReader>> OpenFlowReader(const std::string& path, std::string_view format,
                                                           const ByteSourceOptions& options) {
  STANFLOW_RETURN_IF_ERROR(CheckReaderFormat(format));
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, ByteSource::Open(path, options));
  if (source->first_block().empty()) return absl::InvalidArgumentError("the file is empty");
  STANFLOW_ASSIGN_OR_RETURN(const ReaderFormat* reader,
                            format == kAuto ? FindByProbe(source->first_block()) : FindByName(format));
  return reader->open(std::move(source));
}

}  // namespace stanflow
