#ifndef STANFLOW_CLIENT_CLI_LIB_COMPLETION_H_
#define STANFLOW_CLIENT_CLI_LIB_COMPLETION_H_

#include <string>

#include "client/cli/lib/command_tree.h"

namespace stanflow {

// Scripts that complete commands, flags, choices and file names; they need nothing but the shell.
std::string BashCompletion(const CommandDoc& program);
std::string ZshCompletion(const CommandDoc& program);
std::string FishCompletion(const CommandDoc& program);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_COMPLETION_H_
