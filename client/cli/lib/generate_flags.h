#ifndef STANFLOW_CLIENT_CLI_LIB_GENERATE_FLAGS_H_
#define STANFLOW_CLIENT_CLI_LIB_GENERATE_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/lib/cli.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

inline constexpr char kDefaultHome[] = "10.0.0.0/16";

// The flags that decide which flows are made: the same for `generate` and `evaluate`, so that
// evaluate judges what generate gives.
struct GenerateFlags {
  uint64_t seed = 1;
  uint32_t stream = 0;
  uint32_t hosts = 0;  // 0: the training hosts' number, 90 at most
  std::string home = kDefaultHome;
  std::string start;             // empty: the midnight before the training data's first flow; or "now"
  std::optional<uint64_t> rows;  // neither rows nor duration: unbounded
  std::string duration;          // "90s", "6h"; empty: not given
};

// Adds them to a command; answers the options, for exclusions. The flags outlive the command.
std::vector<CLI::Option*> AddGenerateFlags(CLI::App* command, GenerateFlags* flags);

// INVALID_ARGUMENT names the flag.
absl::StatusOr<stanflow::v1::GenerateRequest> ToRequest(const GenerateFlags& flags, const std::string& model);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_GENERATE_FLAGS_H_
