#ifndef STANFLOW_CORE_EVAL_REPORT_STYLE_H_
#define STANFLOW_CORE_EVAL_REPORT_STYLE_H_

namespace stanflow {

// The report's style sheet: light, dark (as the reader's system says) and print; a phone gets
// one column, and wide tables scroll inside their own box.
inline constexpr char kReportStyle[] = R"css(
:root { color-scheme: light dark; --page: #fff; --text: #1c2330; --quiet: #5b6475; --rule: #dfe3ea; --card: #f5f7fa;
  --real: #9fb0c8; --synthetic: #c2410c; --b1: #4b7f52; --bad: #b42318;
  --line: #5b6f8f; --warm: #a83208; --cold: #1f5fa8; --step: #1f5fa8; --window: #7a3fa8; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181f; --text: #e4e8ee; --quiet: #9aa5b5; --rule: #2f3744; --card: #1d232d;
    --real: #54657f; --synthetic: #fb923c; --b1: #86c28f; --bad: #ff8a7a;
    --line: #9db2d3; --warm: #fb923c; --cold: #69a9f5; --step: #69a9f5; --window: #c79bf0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 82rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-top: 1px solid var(--rule); padding-top: 1rem; }
p { margin: .4rem 0 .8rem; } small, .note, figcaption, .from { color: var(--quiet); font-size: .85rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .7rem; margin: 1rem 0; }
.card { background: var(--card); border-radius: .5rem; padding: .7rem .9rem; }
.card b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: .85rem; } .card b.bad { color: var(--bad); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem;
  align-items: start; }
.grid > * { min-width: 0; }
.pair { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; } .pair > * { min-width: 0; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { font-weight: 600; } th:first-child { text-align: left; } tbody th { font-weight: 400; white-space: normal; min-width: 8rem; }
.bad { color: var(--bad); font-weight: 600; }
figure { margin: 0; background: var(--card); border-radius: .5rem; padding: .6rem; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-size: 12px; }
svg .small { font-size: 9px; fill: var(--quiet); } svg .tick { fill: var(--quiet); }
svg .rule { stroke: var(--rule); } svg .axis { stroke: var(--quiet); }
path { fill: none; stroke-width: 1.4; } path.real { fill: var(--real); stroke: none; }
path.synthetic { stroke: var(--synthetic); } path.b1 { stroke: var(--b1); stroke-width: 1; stroke-dasharray: 3 2; }
path.line { fill: none; stroke-width: 1.6; } path.line.real { fill: none; stroke: var(--line); }
path.one_step { stroke: var(--step); stroke-dasharray: 7 3; } path.from_window { stroke: var(--window); stroke-dasharray: 2 2; }
path.from_nothing { stroke: var(--synthetic); } circle.one_step, rect.one_step { fill: var(--step); }
circle.from_window, rect.from_window { fill: var(--window); } circle.from_nothing, rect.from_nothing { fill: var(--synthetic); }
line.bar.real { stroke: var(--line); } line.bar.synthetic { stroke: var(--synthetic); } line.bar.b1 { stroke: var(--b1); }
circle.real { fill: var(--line); } circle.synthetic { fill: var(--synthetic); } circle.b1 { fill: var(--b1); }
rect.warm { fill: var(--warm); } rect.cold { fill: var(--cold); }
rect.real { fill: var(--real); } rect.synthetic { fill: var(--synthetic); } rect.b1 { fill: var(--b1); }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: .8rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print {
  :root { color-scheme: light; --page: #fff; --text: #000; --quiet: #444; --rule: #bbb; --card: #fff;
    --real: #b9c4d4; --synthetic: #b13a08; --b1: #2f6b38; --bad: #a01010;
    --line: #51637f; --warm: #8f2c06; --cold: #174b87; --step: #174b87; --window: #5c2d80; }
  body { max-width: none; padding: 0; font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .wide { overflow: visible; } figure, tr, .card { break-inside: avoid; } h2 { break-after: avoid; }
  .grid { grid-template-columns: 1fr 1fr; } figure { border: 1px solid var(--rule); } }
)css";

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_REPORT_STYLE_H_
