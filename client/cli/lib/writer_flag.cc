#include "client/cli/lib/writer_flag.h"

#include "core/base/strings.h"
#include "core/io/all_formats.h"

namespace stanflow {

void AddWriterFlag(CLI::App* command, std::string* format) {
  std::string help;
  for (const WriterFormat& writer : AllWriters()) {
    StrAppend(&help, help.empty() ? "" : "; ", writer.name, ": ", writer.description);
  }
  command->add_option("--format", *format, help)->check(CLI::IsMember(WriterNames()))->capture_default_str();
}

}  // namespace stanflow
