#ifndef STANFLOW_CLIENT_CLI_LIB_COMMAND_TREE_H_
#define STANFLOW_CLIENT_CLI_LIB_COMMAND_TREE_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace stanflow {

// The program's commands and flags as plain data, for completion scripts and the reference.
struct FlagDoc {
  std::vector<std::string> names;  // "--json", "-h"; of a positional one its name
  bool positional = false;
  bool required = false;
  bool takes_value = false;
  bool is_file = false;
  bool repeated = false;
  std::string value;                 // "FILE"; empty for a mere flag
  std::vector<std::string> choices;  // all values that it takes, if they are few
  std::string default_text;          // empty: none
  std::string description;
};

struct CommandDoc {
  std::string path;  // "datasets import"; empty for the program itself
  std::string name;  // the last word of it
  std::string description;
  std::vector<FlagDoc> flags;
  std::vector<CommandDoc> commands;
};

// Everything that is not hidden, in the order in which it was added.
CommandDoc DescribeApp(const CLI::App& app);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_COMMAND_TREE_H_
