#include "core/io/pcap.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/child_process.h"
#include "core/io/local_copy.h"
#include "core/io/nfdump_output.h"
#include "core/io/temporary_folder.h"

namespace stanflow {
namespace {

// The marks of pcap in micro- and nanoseconds, in either byte order, and of pcapng.
constexpr std::string_view kMagics[] = {
    std::string_view("\xa1\xb2\xc3\xd4", 4), std::string_view("\xd4\xc3\xb2\xa1", 4),
    std::string_view("\xa1\xb2\x3c\x4d", 4), std::string_view("\x4d\x3c\xb2\xa1", 4),
    std::string_view("\x0a\x0d\x0d\x0a", 4)};

constexpr std::string_view kMend =
    "it makes flows of packet captures: install it (Debian: apt-get install nfdump), or import flows";

// Seconds. The files that nfpcapd writes change each day of the capture: one would do.
constexpr char kActiveAndInactive[] = "300,60", kRotation[] = "86400";

// The number behind `name` in `text`; 0 if there is none.
uint64_t NumberAfter(std::string_view text, std::string_view name) {
  const size_t at = text.find(name);
  uint64_t number = 0;
  if (at == std::string_view::npos) return 0;
  std::from_chars(text.data() + at + name.size(), text.data() + text.size(), number);
  return number;
}

// nfpcapd ends well though the capture is damaged.
absl::Status CheckWhole(std::string_view words) {
  constexpr std::string_view kError = "read error: '";
  const size_t at = words.find(kError);
  if (at == std::string_view::npos) return absl::OkStatus();
  std::string_view line = words.substr(at + kError.size());
  line = line.substr(0, line.find_first_of("'\n"));
  return absl::DataLossError(
      StrCat("the capture is damaged or breaks off; nfpcapd says: ", absl::CHexEscape(ToAbsl(line))));
}

// Why there is a rejected row; empty: there is none. From the line "Total: Processed: 14, skipped: 0, short
// caplen: 1, unknown: 0".
std::string LeftOut(std::string_view words) {
  const size_t at = words.rfind("Total: ");
  if (at == std::string_view::npos) return "";
  const std::string_view total = words.substr(at);
  const uint64_t skipped = NumberAfter(total, "skipped: "), cut = NumberAfter(total, "short caplen: "),
                 unknown = NumberAfter(total, "unknown: ");
  if (skipped + cut + unknown == 0) return "";
  return StrCat("stands for packets that nfpcapd left out: ", skipped + cut + unknown, " of ",
                NumberAfter(total, "Processed: "), " (", cut, " cut off in the capture, ", unknown,
                " of an unknown kind, ", skipped, " skipped)");
}

// Flows of the capture `file`, as nfcapd files in `folder`; what LeftOut says.
absl::StatusOr<std::string> MakeFlows(const std::string& file, const std::string& folder) {
  STANFLOW_ASSIGN_OR_RETURN(
      const std::unique_ptr<ChildProcess> nfpcapd,
      ChildProcess::Start({"nfpcapd", "-r", file, "-w", folder, "-e", kActiveAndInactive, "-t", kRotation},
                          kMend));
  while (true) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view block, nfpcapd->Next());
    if (block.empty()) break;
  }
  STANFLOW_RETURN_IF_ERROR(CheckWhole(nfpcapd->last_words()));
  return LeftOut(nfpcapd->last_words());
}

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenPcap(ReaderInput input) {
  STANFLOW_ASSIGN_OR_RETURN(TemporaryFolder folder, TemporaryFolder::Create(input.options.scratch_dir));
  const auto flows = std::make_shared<TemporaryFolder>(std::move(folder));
  std::string left_out;
  {
    STANFLOW_ASSIGN_OR_RETURN(const LocalCopy copy, LocalCopy::Of(input));
    STANFLOW_ASSIGN_OR_RETURN(left_out, MakeFlows(copy.path(), flows->path()));
  }
  return OpenNfdumpOutput({kPcapFormat, {"-R", flows->path()}, flows, std::move(left_out)}, input.options);
}

absl::Status ProbePcap(std::string_view start) {
  const bool has_mark = std::any_of(std::begin(kMagics), std::end(kMagics), [start](std::string_view magic) {
    return start.substr(0, magic.size()) == magic;
  });
  return has_mark ? absl::OkStatus()
                  : absl::InvalidArgumentError("does not begin with the mark of pcap or pcapng");
}

}  // namespace stanflow
