#include "client/cli/lib/command_tree.h"

#include "absl/strings/str_split.h"

namespace stanflow {
namespace {

// CLI11 keeps a choice's values only in the text of its type: "TEXT:{csv,jsonl}".
std::vector<std::string> Choices(const std::string& type) {
  const size_t open = type.find('{'), close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return absl::StrSplit(type.substr(open + 1, close - open - 1), ',');
}

FlagDoc DescribeFlag(const CLI::Option& option) {
  FlagDoc out;
  out.positional = option.get_positional();
  if (out.positional) {
    out.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  }
  out.required = option.get_required();
  out.takes_value = option.get_items_expected_max() > 0;
  out.repeated = option.get_expected_max() > 1;
  const std::string type = option.get_type_name();
  out.choices = Choices(type);
  // CLI11 adds ":DESCRIPTION" of a check to the value's name, which may have a colon itself (HOST:PORT): ours
  // have none.
  if (out.takes_value) out.value = out.choices.empty() ? type : "VALUE";
  out.is_file = out.value == "FILE";
  if (out.takes_value) out.default_text = option.get_default_str();
  out.description = option.get_description();
  return out;
}

CommandDoc Describe(const CLI::App& app, const std::string& path) {
  CommandDoc out;
  out.path = path;
  out.name = path.empty() ? app.get_name() : path.substr(path.rfind(' ') + 1);
  out.description = app.get_description();
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option* o) { return !o->get_group().empty(); })) {
    out.flags.push_back(DescribeFlag(*option));
  }
  for (const CLI::App* command :
       app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); })) {
    out.commands.push_back(
        Describe(*command, path.empty() ? command->get_name() : path + " " + command->get_name()));
  }
  return out;
}

}  // namespace

CommandDoc DescribeApp(const CLI::App& app) { return Describe(app, ""); }

}  // namespace stanflow
