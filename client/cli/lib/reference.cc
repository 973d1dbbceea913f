#include "client/cli/lib/reference.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/lib/exit_code.h"
#include "client/cli/lib/to_json.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr char kIntroduction[] = R"(# stanflow, the command line

Made by `stanflow reference`; a test compares the two.

The server's address comes from `--server`, else from `STANFLOW_SERVER`, else it is `127.0.0.1:50551`.
Results go to standard output; progress, notes and errors go to standard error, progress only where that
is a terminal. Times are UTC.

`generate --output FILE` writes `FILE.part` and gives it its name at the end. Every `--save-seconds` it
notes in `FILE.resume` how much of it is safe on disk. A run that was stopped, killed or lost its server
for longer than `--retry-seconds` goes on from there when the same command is given again, without a gap
or a repeat; `--restart` begins anew.

Ctrl-C ends a command with code 130. What has been written stays; a job that was being waited for goes on
at the server. A `generate` without `--rows` and `--duration` has no other end than Ctrl-C: it completes its
file and answers 0. A closed pipe (`stanflow generate ... | head`) ends a command quietly with code 0.

`train --validate-only` prints what the training would take (with `--json` as the job's `figures`): the `rows`
that it reads, `epochs` (passes over them) at most, `memory_bytes` (the dataset's columns, which are mapped
into memory: all that grows with the dataset), and trained `seconds` at most. The time is `based_on` the speed
of the newest model on the server that was trained with the same options, or on `--max-minutes`, whichever is
less. What can't be told is null.
)";

std::string Cell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}}); }

std::string Usage(const CommandDoc& command) {
  std::string out = "stanflow " + command.path;
  for (const FlagDoc& flag : command.flags) {
    if (flag.positional) StrAppend(&out, " ", flag.required ? "" : "[", flag.value, flag.required ? "" : "]");
  }
  for (const FlagDoc& flag : command.flags) {
    if (!flag.positional && flag.required) StrAppend(&out, " ", flag.names.back(), " ", flag.value);
  }
  return out + " [flags]";
}

void AddFlags(const CommandDoc& command, std::string* out) {
  StrAppend(out, "| | | default |\n|---|---|---|\n");
  for (const FlagDoc& flag : command.flags) {
    const std::string name = flag.positional ? flag.value : absl::StrJoin(flag.names, ", ");
    const std::string value = flag.positional || !flag.takes_value ? "" : " " + flag.value;
    const std::string choices = flag.choices.empty() ? "" : " (" + absl::StrJoin(flag.choices, ", ") + ")";
    StrAppend(out, "| `", name, value, "` | ", Cell(flag.description + choices), " | ",
              flag.required ? "required" : Cell(flag.default_text), " |\n");
  }
}

void AddCommands(const CommandDoc& command, std::string* out) {
  for (const CommandDoc& inner : command.commands) {
    if (inner.commands.empty()) {
      StrAppend(out, "\n### stanflow ", inner.path, "\n\n", inner.description, ".\n\n```\n", Usage(inner),
                "\n```\n\n");
      AddFlags(inner, out);
    }
    AddCommands(inner, out);
  }
}

void AddShape(const JsonShape& shape, std::string* out) {
  StrAppend(out, "\n### ", shape.name, "\n\nPrinted by ", shape.of, ".\n\n| field | meaning |\n|---|---|\n");
  for (const JsonField& field : shape.fields)
    StrAppend(out, "| `", field.path, "` | ", Cell(field.meaning), " |\n");
}

}  // namespace

std::string ReferenceMarkdown(const CommandDoc& program) {
  std::string out = kIntroduction;
  StrAppend(&out, "\n## Commands\n");
  AddCommands(program, &out);
  StrAppend(&out, "\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
  for (const ExitCodeMeaning& line : AllExitCodes()) {
    StrAppend(&out, "| ", static_cast<int>(line.code), " | ", line.meaning, " |\n");
  }
  StrAppend(&out,
            "\n## Fields of --json\n\nFields may be added; none changes its name or meaning. Times are RFC "
            "3339 in UTC. A time that is not set is null, and so is what says so below; no field is left "
            "out. `evaluate --json` prints the job's `report.json` as it is (docs/measures.md).\n");
  for (const JsonShape& shape : AllJsonShapes()) AddShape(shape, &out);
  return out;
}

}  // namespace stanflow
