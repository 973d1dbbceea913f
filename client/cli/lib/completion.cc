#include "client/cli/lib/completion.h"

#include <functional>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

void ForEach(const CommandDoc& command, const std::function<void(const CommandDoc&)>& visit) {
  visit(command);
  for (const CommandDoc& inner : command.commands) ForEach(inner, visit);
}

std::vector<std::string> FlagNames(const CommandDoc& command) {
  std::vector<std::string> out;
  for (const FlagDoc& flag : command.flags) {
    if (!flag.positional) out.insert(out.end(), flag.names.begin(), flag.names.end());
  }
  return out;
}

// All command words that lead somewhere, as a shell pattern: 'datasets'|'datasets import'|...
std::string AllPaths(const CommandDoc& program) {
  std::vector<std::string> paths;
  ForEach(program, [&paths](const CommandDoc& c) {
    if (!c.path.empty()) paths.push_back("'" + c.path + "'");
  });
  return absl::StrJoin(paths, "|");
}

std::string Quoted(const std::string& text) {
  return "'" + absl::StrReplaceAll(text, {{"'", "'\\''"}}) + "'";
}

// zsh's _describe splits at colons.
std::string ZshItem(const std::string& name, const std::string& description) {
  return Quoted(StrCat(absl::StrReplaceAll(name, {{":", "\\:"}}), ":",
                       absl::StrReplaceAll(description, {{":", "\\:"}})));
}

// case branches "path flag) words" for the values of flags: `words` of one flag, or "" for none.
void AddValueBranches(const CommandDoc& program, const std::string& choices_format, const std::string& files,
                      const std::string& nothing, std::string* out) {
  ForEach(program, [&](const CommandDoc& c) {
    for (const FlagDoc& flag : c.flags) {
      if (flag.positional || !flag.takes_value) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : flag.names) patterns.push_back(StrCat("'", c.path, " ", name, "'"));
      const std::string action =
          !flag.choices.empty()
              ? absl::StrReplaceAll(choices_format, {{"%", absl::StrJoin(flag.choices, " ")}})
              : (flag.is_file ? files : nothing);
      StrAppend(out, "    ", absl::StrJoin(patterns, "|"), ") ", action, "; return ;;\n");
    }
  });
}

bool TakesFile(const CommandDoc& command) {
  for (const FlagDoc& flag : command.flags) {
    if (flag.positional && flag.is_file) return true;
  }
  return false;
}

// The values of a positional argument that is a choice ("completion bash").
std::vector<std::string> PositionalChoices(const CommandDoc& command) {
  for (const FlagDoc& flag : command.flags) {
    if (flag.positional && !flag.choices.empty()) return flag.choices;
  }
  return {};
}

}  // namespace

std::string BashCompletion(const CommandDoc& program) {
  std::string out = StrCat(
      "# bash completion of stanflow: source it, or put it into /etc/bash_completion.d\n"
      "_stanflow() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word\n"
      "  COMPREPLY=()\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"${path:+$path }$word\" in\n"
      "    ",
      AllPaths(program),
      ") path=\"${path:+$path }$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path $previous\" in\n");
  AddValueBranches(program, "COMPREPLY=($(compgen -W '%' -- \"$current\"))",
                   "COMPREPLY=($(compgen -f -- \"$current\"))", ":", &out);
  StrAppend(&out, "  esac\n  case \"$path\" in\n");
  ForEach(program, [&out](const CommandDoc& c) {
    std::vector<std::string> words;
    for (const CommandDoc& inner : c.commands) words.push_back(inner.name);
    for (const std::string& choice : PositionalChoices(c)) words.push_back(choice);
    for (const std::string& flag : FlagNames(c)) words.push_back(flag);
    StrAppend(&out, "    '", c.path, "') COMPREPLY=($(compgen ", TakesFile(c) ? "-f " : "", "-W '",
              absl::StrJoin(words, " "), "' -- \"$current\")) ;;\n");
  });
  StrAppend(&out, "  esac\n}\ncomplete -o filenames -F _stanflow stanflow\n");
  return out;
}

std::string ZshCompletion(const CommandDoc& program) {
  std::string out = StrCat(
      "#compdef stanflow\n"
      "# zsh completion of stanflow: put it into a folder of $fpath as _stanflow\n"
      "_stanflow() {\n"
      "  local command_path='' word\n"
      "  local -a commands flags\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "    case \"${command_path:+$command_path }$word\" in\n"
      "    ",
      AllPaths(program),
      ") command_path=\"${command_path:+$command_path }$word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$command_path ${words[CURRENT-1]}\" in\n");
  AddValueBranches(program, "compadd -- %", "_files", "_message value", &out);
  StrAppend(&out, "  esac\n  case \"$command_path\" in\n");
  ForEach(program, [&out](const CommandDoc& c) {
    std::vector<std::string> commands, flags;
    for (const CommandDoc& inner : c.commands) commands.push_back(ZshItem(inner.name, inner.description));
    for (const std::string& choice : PositionalChoices(c)) commands.push_back(ZshItem(choice, ""));
    for (const FlagDoc& flag : c.flags) {
      for (const std::string& name : flag.names) {
        if (!flag.positional) flags.push_back(ZshItem(name, flag.description));
      }
    }
    StrAppend(&out, "    '", c.path, "')\n      commands=(", absl::StrJoin(commands, " "), ")\n      flags=(",
              absl::StrJoin(flags, " "), ")\n", TakesFile(c) ? "      _files\n" : "", "      ;;\n");
  });
  StrAppend(
      &out,
      "  esac\n"
      "  (( $#commands )) && _describe -t commands command commands\n"
      "  (( $#flags )) && _describe -t flags flag flags\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _stanflow ]; then _stanflow \"$@\"; else compdef _stanflow stanflow; fi\n");
  return out;
}

std::string FishCompletion(const CommandDoc& program) {
  std::string out = StrCat(
      "# fish completion of stanflow: put it into ~/.config/fish/completions/stanflow.fish\n"
      "function __stanflow_at\n"
      "  set -l path ''\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    set -l next (string trim \"$path $word\")\n"
      "    switch $next\n"
      "      case ",
      absl::StrReplaceAll(AllPaths(program), {{"|", " "}}),
      "\n"
      "        set path $next\n"
      "    end\n"
      "  end\n"
      "  test \"$path\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c stanflow -f\n");
  ForEach(program, [&out](const CommandDoc& c) {
    const std::string at = StrCat("complete -c stanflow -n \"__stanflow_at '", c.path, "'\"");
    for (const CommandDoc& inner : c.commands) {
      StrAppend(&out, at, " -a ", inner.name, " -d ", Quoted(inner.description), "\n");
    }
    const auto choices = PositionalChoices(c);
    if (!choices.empty()) StrAppend(&out, at, " -a ", Quoted(absl::StrJoin(choices, " ")), "\n");
    if (TakesFile(c)) StrAppend(&out, at, " -F\n");
    for (const FlagDoc& flag : c.flags) {
      if (flag.positional) continue;
      StrAppend(&out, at);
      for (const std::string& name : flag.names) {
        StrAppend(&out, name.substr(0, 2) == "--" ? " -l " + name.substr(2) : " -s " + name.substr(1));
      }
      if (flag.takes_value) StrAppend(&out, flag.is_file ? " -r -F" : " -x");
      if (!flag.choices.empty()) StrAppend(&out, " -a ", Quoted(absl::StrJoin(flag.choices, " ")));
      StrAppend(&out, " -d ", Quoted(flag.description), "\n");
    }
  });
  return out;
}

}  // namespace stanflow
