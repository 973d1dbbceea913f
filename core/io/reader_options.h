#ifndef STANFLOW_CORE_IO_READER_OPTIONS_H_
#define STANFLOW_CORE_IO_READER_OPTIONS_H_

#include <memory>
#include <string>

#include "core/io/byte_source.h"

namespace stanflow {

// What becomes of a record that counts both directions of a conversation (a biflow in the words of RFC 5103).
enum class Biflow {
  kSplit,  // one flow for each direction that has packets
  kKeep,   // one flow in the initiator's direction, with the packets and bytes of both
};

struct ReaderOptions {
  ByteSourceOptions source;
  Biflow biflow = Biflow::kSplit;
  // Which column holds what, for format generic-csv alone (csv_schema.h); empty for all others.
  std::string schema;
  // Folder for what another program needs as a file of its own: about as large as the decompressed file, and
  // gone with the reader. Empty: the system's for temporary files (TMPDIR).
  std::string scratch_dir;
};

// What a reader is opened with.
struct ReaderInput {
  std::string path;                    // for formats that another program reads
  std::unique_ptr<ByteSource> source;  // of `path`; nothing has been taken from it
  ReaderOptions options;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_READER_OPTIONS_H_
