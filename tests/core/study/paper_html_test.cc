#include "core/study/paper_html.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/eval/html_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

nlohmann::json Paper() {
  return nlohmann::json::parse(R"json({
    "models": {
      "stan": {"model": "edge@3 <&>", "preset": "causal", "rows_synthetic": 1306502, "rows_scored": 500},
      "b3": {"model": "gan@1", "preset": "wp-gan", "rows_synthetic": 1000, "rows_scored": null}},
    "beyond": {
      "exact_nats_per_row": {"stan": {"ours": 27.654, "floor": null}, "b3": {"ours": null, "floor": null}},
      "association": {"stan": {"ours": 0.0123, "floor": 0.0045}, "b3": {"ours": null, "floor": 0.0045}},
      "running": {"stan": {"bands": [{"begin": 32, "end": 200}, {"begin": 200, "end": null}],
                           "floor": {"jsd": [0.01, null], "auc": [0.5, null]},
                           "one_step": {"jsd": [0.02, 0.03], "auc": [0.6, 0.65]},
                           "from_window": {"jsd": [0.03, null], "auc": [0.7, null]},
                           "from_nothing": {"jsd": [0.04, null], "auc": [0.8, null]}},
                  "b3": null}},
    "tables": {
      "2": {"real": {"T1": {"paper": 100, "ours": 100, "floor": 100}},
            "stan": {"T1": {"paper": 100, "ours": 99.5, "floor": 100},
                     "T3": {"paper": 81, "ours": 94.25, "floor": 92.7}}},
      "3": {"simulated": {"T1": {"paper": 0.01, "ours": 0.0101, "ours_sd": 0.0002, "floor": 0.01},
                          "T2": {"paper": 0.01, "ours": 0.01, "ours_sd": null, "floor": 0.01}}},
      "4": {"stan": {"bytes": {"paper": 2.34, "ours": 1.25, "ours_se": 0.015, "floor": null},
                     "exact_row": {"paper": null, "ours": 27.65, "ours_se": null, "floor": null}}}},
    "figures": {
      "5": {"stan": {"bytes": {"paper": null, "ours": 0.02, "floor": 0.01},
                     "tos": {"paper": null, "ours": 0.04, "floor": null}},
            "b3": {"bytes": {"paper": null, "ours": 0.5, "floor": 0.01}}},
      "6": {"real": {"points": [{"real_fraction": 1.0, "mean": 0.8, "sd": 0.01},
                                {"real_fraction": 0.1, "mean": 0.7, "sd": null}]},
            "stan": {"points": [{"real_fraction": 1.0, "mean": 0.8, "sd": 0.01},
                                {"real_fraction": 0.0, "mean": 0.76, "sd": 0.03}],
                     "kept": {"paper": 0.962, "ours": 0.95, "floor": 1}}},
      "7": {"real": {"points": [{"real_fraction": 1.0, "mean": 2.0, "sd": 0.1}]},
            "stan": {"points": [{"real_fraction": 1.0, "mean": 2.0, "sd": 0.1},
                                {"real_fraction": 0.0, "mean": 0.02, "sd": 0.1}],
                     "growth": {"paper": 0.13, "ours": 0.1, "floor": 0}}},
      "8": {"simulated": {"r": {"paper": 0.9, "ours": 0.9, "ours_sd": 0.01, "floor": 0.9},
                          "points": [[0.1, 0.2], [-3, 3]]}},
      "9": {"stan_mask_a": {"r": {"paper": 0.7, "ours": 0.73, "ours_sd": 0.01, "floor": 0.729},
                            "points": [[0.3, 0.1]]}}}})json");
}

// From the first figure on: the heading has a name that ends as no number is written.
std::string Figures(const std::string& html) { return html.substr(html.find("<section>")); }

void ExpectAPage(const nlohmann::json& paper) {
  const std::string html = PaperHtml(paper);
  ExpectBalanced(html);
  ExpectNeedsNothingElse(html);
  EXPECT_THAT(Figures(html), Not(HasSubstr("nan")));
}

TEST(PaperHtml, IsWellFormedAndNeedsNothingElse) { ExpectAPage(Paper()); }

TEST(PaperHtml, SetsOursAboveThePapersWithTheDifference) {
  const std::string html = PaperHtml(Paper());
  EXPECT_THAT(html, HasSubstr("94.25<br><small>paper 81.00; +13.25</small>"));
  EXPECT_THAT(html, HasSubstr("1.250 <small>± 0.015</small><br><small>paper 2.340; -1.090</small>"));
  EXPECT_THAT(html, HasSubstr("0.0101 <small>± 0.0002</small>"));
  EXPECT_THAT(html, HasSubstr("<figcaption>R 0.730 <small>± 0.010</small><br><small>paper 0.700; +0.030"));
  EXPECT_THAT(html, HasSubstr("edge@3 &lt;&amp;&gt;"));
  EXPECT_THAT(html, HasSubstr("1,306,502"));
}

TEST(PaperHtml, DrawsTheTasksOverEveryShareOfRealRows) {
  const std::string html = PaperHtml(Paper());
  for (const char* share : {">0.0075<", ">0.0025<", ">0.001<"}) EXPECT_THAT(html, HasSubstr(share));
  EXPECT_THAT(html, HasSubstr("rest STAN, causal preset"));
}

TEST(PaperHtml, ShowsWhatThePaperDoesNotLookAtBesideItsFloor) {
  const std::string html = PaperHtml(Paper());
  EXPECT_THAT(html, HasSubstr("27.65<br><small>floor –</small>"));
  EXPECT_THAT(html, HasSubstr("0.0123<br><small>floor 0.0045</small>"));
  EXPECT_THAT(html, HasSubstr("id=\"running_stan_jsd\""));
  EXPECT_THAT(html, HasSubstr("id=\"running_stan_auc\""));
  EXPECT_THAT(html, HasSubstr(">32–199<"));
  EXPECT_THAT(html, Not(HasSubstr("running_b3")));
}

TEST(PaperHtml, OfAPaperWithoutAnythingIsAPageToo) {
  ExpectAPage(nullptr);
  ExpectAPage(nlohmann::json::object());
  ExpectAPage({{"tables", nlohmann::json::object()}, {"figures", nlohmann::json::object()}});
}

TEST(PaperHtml, LeavesOutAFigureOfUnknownModelsOnly) {
  nlohmann::json paper = Paper();
  paper["figures"]["5"] = {{"stranger", {{"bytes", {{"ours", 0.5}, {"floor", 0.1}}}}}};
  ExpectAPage(paper);
  EXPECT_THAT(PaperHtml(paper), Not(HasSubstr("Figure 5:")));
}

TEST(PaperHtml, ShowsWhatAPartialPaperHas) {
  nlohmann::json paper = Paper();
  paper["models"]["stan"] = {{"model", nullptr}};
  paper["figures"]["6"]["stan"].erase("points");
  paper["figures"]["7"]["stan"]["points"][1].erase("mean");
  paper["figures"]["8"]["simulated"].erase("points");
  paper["figures"]["9"]["stan_mask_a"]["points"] = {{nullptr, 1}, {0.25}, "x", {{"x", 1}, {"y", 2}}};
  paper["figures"].erase("5");
  paper["tables"].erase("3");
  ExpectAPage(paper);
}

}  // namespace
}  // namespace stanflow
