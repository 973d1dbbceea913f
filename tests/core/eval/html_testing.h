#ifndef STANFLOW_TESTS_CORE_EVAL_HTML_TESTING_H_
#define STANFLOW_TESTS_CORE_EVAL_HTML_TESTING_H_

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {

// Every element that is opened is closed in order, for the pages are written by hand.
inline void ExpectBalanced(const std::string& html) {
  static const std::set<std::string> kEmpty = {"meta", "line", "rect", "path", "circle", "br", "!DOCTYPE"};
  const std::regex tag("<(/?)([!a-zA-Z0-9]+)([^>]*)>");
  std::vector<std::string> open;
  for (auto it = std::sregex_iterator(html.begin(), html.end(), tag); it != std::sregex_iterator(); ++it) {
    const std::string name = (*it)[2];
    if (kEmpty.count(name) > 0) continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << "</" << name << ">";
    ASSERT_EQ(open.back(), name) << "at character " << it->position();
    open.pop_back();
  }
  EXPECT_TRUE(open.empty()) << open.back() << " is never closed";
}

// Nothing comes from another place.
inline void ExpectNeedsNothingElse(const std::string& html) {
  for (const char* outside : {"http://", "https://", "src=", "href=", "@import", "url(", "<script"})
    EXPECT_THAT(html, ::testing::Not(::testing::HasSubstr(outside)));
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EVAL_HTML_TESTING_H_
