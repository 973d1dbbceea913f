#ifndef STANFLOW_CORE_EVAL_HTML_H_
#define STANFLOW_CORE_EVAL_HTML_H_

#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json_fwd.hpp"

namespace stanflow {

std::string EscapeHtml(std::string_view text);

// A figure with `digits` significant digits, without an exponent where it can be helped; "–"
// for null, NaN or what is no number.
std::string FormatFigure(const nlohmann::json& value, int digits = 3);
// A figure with `decimals` places; "–" as above.
std::string FormatFixed(const nlohmann::json& value, int decimals);
// A share as per cent with `decimals` places; "–" as above.
std::string FormatPercent(const nlohmann::json& share, int decimals = 2);
// Digits in groups of three.
std::string FormatCount(const nlohmann::json& count);

// report[path[0]][path[1]]..., null where it is missing.
const nlohmann::json& At(const nlohmann::json& json, std::initializer_list<std::string_view> path);

// A table that scrolls inside its own box on a narrow screen. Cells are HTML.
class HtmlTable {
 public:
  // The first column is text, the others are figures.
  explicit HtmlTable(std::vector<std::string> head) : head_(std::move(head)) {}
  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string ToString() const;

 private:
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_HTML_H_
