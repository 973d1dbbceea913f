#ifndef STANFLOW_CLIENT_CLI_LIB_WRITER_FLAG_H_
#define STANFLOW_CLIENT_CLI_LIB_WRITER_FLAG_H_

#include <string>

#include "CLI/CLI.hpp"

namespace stanflow {

// --format of a command that writes flows: the name of one of AllWriters(). `format` outlives the command.
void AddWriterFlag(CLI::App* command, std::string* format);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_WRITER_FLAG_H_
