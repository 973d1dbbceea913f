#ifndef STANFLOW_CLIENT_CLI_LIB_JOB_FLAGS_H_
#define STANFLOW_CLIENT_CLI_LIB_JOB_FLAGS_H_

#include <cstdint>
#include <string>

#include "CLI/CLI.hpp"

namespace stanflow {

// The flags of every command that starts a job.
struct JobFlags {
  std::string request_id;
  int32_t priority = 0;
  double retry_seconds = 60;
};

// `flags` must live until the command has run.
void AddJobFlags(CLI::App* command, JobFlags* flags);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_JOB_FLAGS_H_
