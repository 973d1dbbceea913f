#include "client/cli/lib/job_flags.h"

#include "client/cli/lib/cli.h"

namespace stanflow {

void AddJobFlags(CLI::App* command, JobFlags* flags) {
  command->add_option("--request-id", flags->request_id, "The same id answers the same job; default: none")
      ->type_name("ID");
  command->add_option("--priority", flags->priority, "Jobs of a larger one run first")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--retry-seconds", flags->retry_seconds,
                   "While the job is waited for: seconds to wait for a server that is gone")
      ->type_name("SECONDS")
      ->check(kIsNotNegative)
      ->capture_default_str();
}

}  // namespace stanflow
