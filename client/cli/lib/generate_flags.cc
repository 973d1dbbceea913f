#include "client/cli/lib/generate_flags.h"

#include "client/cli/lib/format.h"
#include "core/base/clock.h"
#include "core/base/strings.h"
#include "core/flow/time.h"

namespace stanflow {

std::vector<CLI::Option*> AddGenerateFlags(CLI::App* command, GenerateFlags* flags) {
  CLI::Option* const rows =
      command->add_option("--rows", flags->rows, "Number of flows; default: no end")->type_name("N");
  CLI::Option* const duration =
      command
          ->add_option("--duration", flags->duration,
                       "Simulated time from --start: 90s, 15m, 6h, 1d; default: no end")
          ->type_name("TIME")
          ->excludes(rows);
  return {
      rows,
      duration,
      command
          ->add_option(
              "--hosts", flags->hosts,
              "Number of home hosts, 1 to 65536; 0: the training hosts' number, 90 at most; of a replay, all")
          ->type_name("N")
          ->check(CLI::Range(0, 65536).description(""))
          ->capture_default_str(),
      command->add_option("--seed", flags->seed, "Seed: the same flags give the same flows")
          ->type_name("N")
          ->capture_default_str(),
      command->add_option("--stream", flags->stream, "Number of the stream: different flows of the same seed")
          ->type_name("N")
          ->capture_default_str(),
      command
          ->add_option("--home", flags->home, "Home network; its hosts get the addresses from the second on")
          ->type_name("CIDR")
          ->check(kIsCidr)
          ->capture_default_str(),
      command
          ->add_option("--start", flags->start,
                       "Clock at which every host starts, UTC (2016-04-11T00:00:00Z), or now; default: the "
                       "midnight before the training data's first flow")
          ->type_name("TIME"),
  };
}

absl::StatusOr<stanflow::v1::GenerateRequest> ToRequest(const GenerateFlags& flags,
                                                        const std::string& model) {
  stanflow::v1::GenerateRequest request;
  request.set_model(model);
  request.set_seed(flags.seed);
  request.set_stream(flags.stream);
  request.set_hosts(flags.hosts);
  request.set_home(flags.home);
  if (flags.rows == uint64_t{0}) return absl::InvalidArgumentError("--rows: must be 1 or more");
  if (flags.rows.has_value()) request.set_rows(*flags.rows);
  if (!flags.duration.empty()) {
    const auto ms = ParseDuration(flags.duration);
    if (!ms.ok()) return absl::InvalidArgumentError(StrCat("--duration: ", ms.status().message()));
    request.set_duration_seconds(static_cast<double>(*ms) / kSecondMs);
  }
  if (flags.start == "now") {
    *request.mutable_start() = ToTimestamp(Clock::Real().NowMs());
  } else if (!flags.start.empty()) {
    const auto ms = ParseUtc(flags.start);
    if (!ms.has_value()) {
      return absl::InvalidArgumentError(
          StrCat("--start: '", flags.start, "' is not a time; write it like 2016-04-11T00:00:00Z, or now"));
    }
    *request.mutable_start() = ToTimestamp(*ms);
  }
  return request;
}

}  // namespace stanflow
