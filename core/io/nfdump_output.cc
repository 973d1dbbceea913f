#include "core/io/nfdump_output.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/child_process.h"
#include "core/io/line_flow_reader.h"
#include "core/io/named_rows.h"
#include "core/io/nfdump_record.h"

namespace stanflow {
namespace {

constexpr std::string_view kMend =
    "it reads nfcapd files: install it (Debian: apt-get install nfdump), or import what 'nfdump -o csv' "
    "writes where it is";

// The names of what kFormat asks for, in its order. Times are asked for as text: nfdump 1.7.1 writes wrong
// milliseconds for %ter, and none at all into its CSV.
constexpr std::string_view kColumns = "ts,te,sa,da,sp,dp,pr,flg,stos,ipkt,ibyt,opkt,obyt";
constexpr char kFormat[] = "fmt:%ts,%te,%sa,%da,%sp,%dp,%pr,%flg,%stos,%ipkt,%ibyt,%opkt,%obyt";
// Of a file without records; -q does not suppress it.
constexpr std::string_view kNoRecords = "No matching flows";

// Plain numbers, whole IPv6 addresses, no head; neither a configuration nor a geographic database of the
// machine.
std::vector<std::string> ListArgs(const std::vector<std::string>& input) {
  std::vector<std::string> args = {"nfdump", "-q", "-N", "-6", "-C", "none", "-G", "none", "-o", kFormat};
  args.insert(args.end(), input.begin(), input.end());
  return args;
}

// How many records the input says that it has; 0 if it does not say.
absl::StatusOr<uint64_t> CountRecords(const std::vector<std::string>& input) {
  std::vector<std::string> args = {"nfdump", "-I", "-C", "none", "-G", "none"};
  args.insert(args.end(), input.begin(), input.end());
  STANFLOW_ASSIGN_OR_RETURN(const std::string figures, RunProgram(args, kMend));
  constexpr std::string_view kKey = "Flows: ";
  const size_t at = figures.find(kKey);
  uint64_t count = 0;
  if (at != std::string::npos) {
    std::from_chars(figures.data() + at + kKey.size(), figures.data() + figures.size(), count);
  }
  return count;
}

class NfdumpOutputReader final : public LineFlowReader {
 public:
  // `nfdump` is what `lines` is made of.
  NfdumpOutputReader(NfdumpInput input, std::unique_ptr<ByteSource> lines, const ChildProcess* nfdump,
                     uint64_t expected, Biflow biflow)
      : LineFlowReader(input.format, std::move(lines)),
        input_(std::move(input)),
        nfdump_(*nfdump),
        expected_(expected),
        rows_(NfdumpColumns(), biflow, SplitAt(','), ParseNfdumpRow) {}

  absl::Status SetNames() { return rows_.SetNamesFrom(kColumns); }

  double fraction() const override {
    if (at_end_) return 1;
    if (expected_ == 0) return 0;
    return std::min(1.0, static_cast<double>(records_) / static_cast<double>(expected_));
  }

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    if (line.text == kNoRecords) return;
    ++records_;
    rows_.Take(line, batch);
  }

  // nfdump skips what is damaged, says so and ends as if all were well.
  absl::Status AtEnd(FlowBatch* batch) override {
    const bool first_time = !std::exchange(at_end_, true);
    const bool some_lost = expected_ == 0 || records_ < expected_;
    if (some_lost && !nfdump_.complaint().empty()) {
      return absl::DataLossError(StrCat("the file is damaged or breaks off after ", records_, " of ",
                                        expected_ == 0 ? std::string("unknown") : StrCat(expected_),
                                        " records; nfdump says: ", nfdump_.complaint()));
    }
    if (first_time && !input_.left_out.empty()) batch->rejected.push_back({records_ + 1, input_.left_out});
    return absl::OkStatus();
  }

  const NfdumpInput input_;
  const ChildProcess& nfdump_;
  const uint64_t expected_;
  NamedRows rows_;
  uint64_t records_ = 0;
  bool at_end_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfdumpOutput(NfdumpInput input,
                                                             const ReaderOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const uint64_t expected, CountRecords(input.args));
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<ChildProcess> nfdump,
                            ChildProcess::Start(ListArgs(input.args), kMend));
  const ChildProcess* const child = nfdump.get();
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> lines,
                            ByteSource::Over(std::move(nfdump), options.source));
  auto reader = std::make_unique<NfdumpOutputReader>(std::move(input), std::move(lines), child, expected,
                                                     options.biflow);
  STANFLOW_RETURN_IF_ERROR(reader->SetNames());
  return reader;
}

}  // namespace stanflow
