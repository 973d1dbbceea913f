#include <cmath>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/flow/protocol.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

bool IsWebPort(uint16_t port) { return port == 80 || port == 443; }

bool SizeFits(const EvalRows& r, size_t i) {
  // In floating point: a drawn packet count times 65535 may pass 2^64.
  const double packets = r.packets[i], bytes = r.bytes[i];
  return 42 * packets <= bytes && bytes <= 65535 * packets;
}

struct Rule {
  const char* name;
  const char* text;
  bool (*applies)(const EvalRows& rows, size_t i);
  bool (*holds)(const EvalRows& rows, size_t i);
};

bool Always(const EvalRows&, size_t) { return true; }

constexpr Rule kRules[] = {
    {"T1", "source or destination lies in the set's own home network", Always,
     [](const EvalRows& r, size_t i) { return r.at_home[i] != 0; }},
    {"T2", "not (a port is 80 or 443 and the protocol is another than TCP); share of all rows", Always,
     [](const EvalRows& r, size_t i) {
       return r.protocol[i] == kTcp || !(IsWebPort(r.local_port[i]) || IsWebPort(r.remote_port[i]));
     }},
    {"T3", "42 · packets ≤ bytes ≤ 65535 · packets; share of all rows", Always, SizeFits},
    {"T3_tcp_udp", "the same; share of the TCP and UDP rows",
     [](const EvalRows& r, size_t i) { return r.protocol[i] == kTcp || r.protocol[i] == kUdp; }, SizeFits},
};

nlohmann::json Share(const Rule& rule, const EvalRows* rows) {
  if (rows == nullptr) return nullptr;
  uint64_t applies = 0, holds = 0;
  for (size_t i = 0; i < rows->size(); ++i) {
    if (!rule.applies(*rows, i)) continue;
    ++applies;
    holds += rule.holds(*rows, i);
  }
  if (applies == 0) return nullptr;
  return static_cast<double>(holds) / applies;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  for (const Rule& rule : kRules) {
    auto& out = (*report)["rules"][rule.name];
    out = {{"real", Share(rule, input.real)}, {"synthetic", Share(rule, input.synthetic)}};
    if (input.b1 != nullptr) out["b1"] = Share(rule, input.b1);
  }
  return absl::OkStatus();
}

std::string Points(const nlohmann::json& real, const nlohmann::json& synthetic) {
  if (!real.is_number() || !synthetic.is_number()) return FormatFigure(nullptr);
  const double points = 100 * (synthetic.get<double>() - real.get<double>());
  return StrCat("<span", std::abs(points) > 2 ? " class=\"bad\"" : "", ">", points > 0 ? "+" : "",
                FormatFigure(std::round(points * 100) / 100), "</span>");
}

std::string Render(const nlohmann::json& report) {
  if (!At(report, {"rules"}).is_object()) return "";
  HtmlTable table({"rule", "real", "synthetic", "difference, points", "B1"});
  for (const Rule& rule : kRules) {
    const auto& out = At(report, {"rules", rule.name});
    table.Row({StrCat("<b>", rule.name, "</b> <small>", rule.text, "</small>"),
               FormatPercent(At(out, {"real"})), FormatPercent(At(out, {"synthetic"})),
               Points(At(out, {"real"}), At(out, {"synthetic"})), FormatPercent(At(out, {"b1"}))});
  }
  return table.ToString();
}

}  // namespace

const Metric kRulesMetric = {"Domain rules",
                             "<p>Share of rows that keep each rule, over the whole hold-out and the whole "
                             "synthetic stream, unweighted. Real rows break T2 and T3 too: the aim is the "
                             "real rate, not 100 %. Marked: more than two points away from it.</p>",
                             Measure, Render};

}  // namespace stanflow
