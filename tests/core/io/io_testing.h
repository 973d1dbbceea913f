#ifndef STANFLOW_TESTS_CORE_IO_IO_TESTING_H_
#define STANFLOW_TESTS_CORE_IO_IO_TESTING_H_

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/strings.h"
#include "core/flow/flow_reader.h"
#include "gtest/gtest.h"

namespace stanflow {

// What a reader gave, whole.
struct ReadRows {
  FlowTable flows;
  std::vector<uint64_t> lines;
  std::vector<RejectedRow> rejected;
};

inline absl::StatusOr<ReadRows> ReadAllRows(FlowReader* reader) {
  ReadRows all;
  FlowBatch batch;
  while (true) {
    const auto more = reader->Next(&batch);
    if (!more.ok()) return more.status();
    EXPECT_EQ(batch.flows.size(), batch.lines.size());
    if (!*more) return all;
    for (size_t i = 0; i < batch.flows.size(); ++i) all.flows.Append(batch.flows.Row(i));
    all.lines.insert(all.lines.end(), batch.lines.begin(), batch.lines.end());
    all.rejected.insert(all.rejected.end(), batch.rejected.begin(), batch.rejected.end());
  }
}

// Writes `contents` compressed by one of libarchive's filters ("gzip", "xz", "bzip2", "zstd").
inline void WriteCompressed(const std::string& path, const char* filter, std::string_view contents) {
  archive* a = archive_write_new();
  ASSERT_EQ(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
  ASSERT_EQ(archive_write_set_format_raw(a), ARCHIVE_OK);
  ASSERT_EQ(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  ASSERT_EQ(archive_write_header(a, entry), ARCHIVE_OK);
  ASSERT_EQ(archive_write_data(a, contents.data(), contents.size()),
            static_cast<la_ssize_t>(contents.size()));
  archive_entry_free(entry);
  ASSERT_EQ(archive_write_close(a), ARCHIVE_OK);
  archive_write_free(a);
}

// A good row that can be told from all others by its number.
inline std::string NumberedRow(int number) {
  return StrCat("2024-01-08 00:00:01,0.5,10.1.0.1,192.0.2.1,1000,443,TCP,.AP.SF,0,0,1,", number,
                ",background");
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_IO_IO_TESTING_H_
