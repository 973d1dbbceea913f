#ifndef STANFLOW_CLIENT_CLI_LIB_REFERENCE_H_
#define STANFLOW_CLIENT_CLI_LIB_REFERENCE_H_

#include <string>

#include "client/cli/lib/command_tree.h"

namespace stanflow {

// docs/cli.md: every command with its flags, the exit codes, and the fields of --json.
std::string ReferenceMarkdown(const CommandDoc& program);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_REFERENCE_H_
