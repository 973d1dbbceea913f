#include "core/io/csv_splitter.h"

#include "core/base/strings.h"

namespace stanflow {

CsvSplitter::CsvSplitter(char delimiter) : delimiter_(delimiter) { Begin(); }

CsvSplitter::~CsvSplitter() { csv_free(&parser_); }

void CsvSplitter::Begin() {
  csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
  // Lines come one at a time: nothing inside of one ends a row.
  csv_set_term_func(&parser_, [](unsigned char) { return 0; });
}

void CsvSplitter::TakeCell(void* bytes, size_t size, void* self) {
  auto* splitter = static_cast<CsvSplitter*>(self);
  splitter->text_.append(static_cast<const char*>(bytes), size);
  splitter->ends_.push_back(splitter->text_.size());
}

bool CsvSplitter::Split(std::string_view line, std::vector<std::string_view>* cells, std::string* reason) {
  text_.clear();
  ends_.clear();
  const size_t done = csv_parse(&parser_, line.data(), line.size(), TakeCell, nullptr, this);
  if (done != line.size() || csv_fini(&parser_, TakeCell, nullptr, this) != 0) {
    *reason = parser_.status == CSV_EPARSE
                  ? StrCat("has a quote that is not closed, or not doubled inside a value, in column ",
                           ends_.size() + 1)
                  : StrCat("can't be split: ", csv_strerror(csv_error(&parser_)));
    csv_free(&parser_);
    Begin();
    return false;
  }
  cells->clear();
  size_t begin = 0;
  for (const size_t end : ends_) {
    cells->push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  return true;
}

}  // namespace stanflow
