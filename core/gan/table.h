#ifndef STANFLOW_CORE_GAN_TABLE_H_
#define STANFLOW_CORE_GAN_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace stanflow {

// One column of a plain table.
struct TableColumn {
  std::string name;
  int classes = 0;  // above 0: discrete, values are class numbers 0 to classes - 1; 0: continuous
  std::vector<double> values;

  bool discrete() const { return classes > 0; }
};

// Columns of equal length: what a tabular GAN learns, whatever the rows mean. A plain value.
struct Table {
  std::vector<TableColumn> columns;

  size_t rows() const { return columns.empty() ? 0 : columns[0].values.size(); }
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_TABLE_H_
