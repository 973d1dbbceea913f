#ifndef STANFLOW_CORE_IO_CSV_SPLITTER_H_
#define STANFLOW_CORE_IO_CSV_SPLITTER_H_

#include <csv.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stanflow {

// Splits one line of CSV by libcsv, after RFC 4180 but for one thing: a quoted value may not go on in the
// next line. No flow needs that, and a stray quote then spoils its own row only. Spaces and tabs around
// values that are not quoted are no part of them. Not safe for concurrent use.
class CsvSplitter {
 public:
  explicit CsvSplitter(char delimiter);
  CsvSplitter(const CsvSplitter&) = delete;
  CsvSplitter& operator=(const CsvSplitter&) = delete;
  ~CsvSplitter();

  // The cells are valid until the next call. False, with the reason, if quotes are not closed or stand inside
  // an unquoted value.
  bool Split(std::string_view line, std::vector<std::string_view>* cells, std::string* reason);

 private:
  void Begin();
  static void TakeCell(void* bytes, size_t size, void* self);

  const char delimiter_;
  csv_parser parser_;
  std::string text_;          // of all cells
  std::vector<size_t> ends_;  // of each cell in `text_`
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_CSV_SPLITTER_H_
