#ifndef STANFLOW_CORE_STUDY_PAPER_HTML_H_
#define STANFLOW_CORE_STUDY_PAPER_HTML_H_

#include <string>

#include "nlohmann/json.hpp"

namespace stanflow {

// The page of a reproduction from paper.json (paper_json.h) alone: every table and figure with the
// paper's number, ours and the difference. Needs nothing else; for screens, phones and paper.
std::string PaperHtml(const nlohmann::json& paper);

}  // namespace stanflow

#endif  // STANFLOW_CORE_STUDY_PAPER_HTML_H_
