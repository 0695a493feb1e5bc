// SPDX-License-Identifier: Apache-2.0
// The look of the report, on screen and on paper.
#pragma once

namespace gridloom {

// Fonts are the reader's own: Latin ones first in English, Chinese ones first in Chinese, so that quotes and
// apostrophes have the width of their language. Maps keep their light ground in the dark.
inline constexpr const char* kReportStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--ink:#1d2b38;--soft:#5a6d7f;--line:#dbe3ea;--pale:#eef3f6;--accent:#0f7f76;--bar:#bfe3de;--column:#7fb3cf;--red:#c53030;--flag:#9a5b00}
@media(prefers-color-scheme:dark){:root{--bg:#141b22;--ink:#e4ebf1;--soft:#9fb1c1;--line:#314150;--pale:#1f2a34;--accent:#4fc0b5;--bar:#1f5a55;--column:#4a86a8;--red:#ff8a80;--flag:#f0b45a}}
*{box-sizing:border-box}html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1500px;padding:0 1.5rem 3rem;color:var(--ink);background:var(--bg);font-size:.94rem;line-height:1.5}
:lang(en){font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Liberation Sans','DejaVu Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif}
:lang(zh){font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','WenQuanYi Micro Hei',system-ui,sans-serif}
a{color:var(--accent)}
header{padding:2rem 0 1rem;border-bottom:3px solid var(--accent)}
h1{margin:0;font-size:2.2rem;line-height:1.2}header p{margin:.2rem 0 1rem;color:var(--soft)}
h2{margin:2.4rem 0 .2rem;font-size:1.35rem}section>p{margin:.1rem 0 .9rem;color:var(--soft);max-width:75em}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:.7rem 0;border-bottom:1px solid var(--line);font-size:.87rem}
.facts{display:flex;flex-wrap:wrap;gap:.8rem 2.4rem}.facts b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.facts span,figcaption,.size,.foot{color:var(--soft);font-size:.87rem}figcaption b{color:var(--ink)}.short{margin:1rem 0 0;padding-left:1.2rem}
.foot{margin:-.5rem 0 1rem}.flag{padding:0 .35em;border:1px solid var(--flag);border-radius:4px;color:var(--flag);font-size:.8em;white-space:nowrap}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(270px,100%),1fr));gap:1.2rem 1rem}
.pair>*,.tiles>*{min-width:0}figure{margin:0;break-inside:avoid;overflow-wrap:anywhere}
details{margin:0 0 .6rem;padding:.5rem .8rem;border:1px solid var(--line);border-radius:6px}summary{cursor:pointer}details[open]>summary{margin-bottom:.5rem}details p{margin:.3rem 0 .6rem;color:var(--soft)}
.map{display:block;width:100%;background:#eef3f6;border:1px solid var(--line);border-radius:6px}
.map path{fill-rule:evenodd;stroke-linejoin:round;stroke-linecap:round}
.map .delivered{stroke-width:8;opacity:.85}
.map .patch{stroke:none}.map .h0{fill:#cfe1f2}.map .h1{fill:#f8e1c2}.map .h2{fill:#d2ead0}.map .h3{fill:#f5d5d0}.map .h4{fill:#e3d9f0}.map .h5{fill:#f4edc4}
.map .special{fill:#d9b8e8}.map .uninhabited{fill:#d5dccb}
.map .atom-line{stroke:#8aa0b2;stroke-width:4;stroke-dasharray:20 20}.map .grid-line{stroke:#6b8296;stroke-width:6}.map .unit-line{stroke:#2f4358;stroke-width:13}
.pair .map .grid-line{stroke-width:4}.pair .map .unit-line{stroke-width:9}
.map .ground{fill:#f5a623;fill-opacity:.55;stroke:#d98a00;stroke-width:6}
.map .aligned{stroke:#0f9b8e;stroke-width:22}.map .was{stroke:#c53030;stroke-width:9}
.map .support{stroke:#0b3b5a}.map .s1{stroke:#d9c27a;stroke-width:4}.map .s2{stroke:#c9a04e;stroke-width:6}.map .s3{stroke:#b0763a;stroke-width:8}
.map .s4{stroke:#8c4a33;stroke-width:11}.map .s5{stroke:#632b33;stroke-width:13}.map .s6{stroke:#2d1430;stroke-width:16}
.chart{display:block;width:100%;max-width:460px;overflow:visible}.chart rect{fill:var(--column)}.chart text{font-size:10px;fill:var(--soft)}.chart .title{fill:var(--ink)}
.chart .start{text-anchor:start}.chart .middle{text-anchor:middle}.chart .end{text-anchor:end}.chart .mark{fill:var(--red)}
.chart .axis{stroke:var(--soft)}.chart .rule{stroke:var(--line)}.chart .stated{stroke:var(--red);stroke-width:1.6}.chart .suggested{stroke:var(--red);stroke-width:1.6;stroke-dasharray:4 3}
.legend{margin:.3rem 0 0}.legend span{display:inline-block;margin-right:1rem}.legend i,.key{display:inline-block;width:1.6em;height:4px;margin-right:.4em;vertical-align:middle;box-shadow:0 0 0 2px #eef3f6}
.legend .k-unit{background:#2f4358}.legend .k-grid{height:2px;background:#6b8296}.legend .k-atom{height:0;border-top:2px dashed #8aa0b2}.legend .k-special{height:.8em;background:#d9b8e8}.legend .k-uninhabited{height:.8em;background:#d5dccb}
.k-s1{background:#d9c27a}.k-s2{background:#c9a04e}.k-s3{background:#b0763a}.k-s4{background:#8c4a33}.k-s5{background:#632b33}.k-s6{background:#2d1430}
.wide{overflow-x:auto;margin-bottom:1rem}table{border-collapse:collapse;min-width:min(100%,36em);font-size:.9rem}
th{text-align:left;vertical-align:bottom;font-weight:600;color:var(--soft)}th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line)}.sum td{border-top:2px solid var(--line);font-weight:600}
th:first-child,td:first-child{padding-left:0}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{white-space:normal}
.bar{position:relative;display:inline-block;vertical-align:middle;min-width:5.5em;background:var(--pale);border-radius:3px;overflow:hidden}.bar i{position:absolute;inset:0 auto 0 0;background:var(--bar)}.bar b{position:relative;padding:0 .4em;font-weight:500}
.download{display:inline-block;margin:0 .5rem .5rem 0;padding:.3rem .8rem;border:1px solid var(--accent);border-radius:6px;color:var(--accent);text-decoration:none}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem}dt{font-weight:600}dd{margin:0;color:var(--soft)}
@media screen and (min-width:801px){td:first-child{white-space:nowrap}}
@media screen and (max-width:800px){body{padding:0 1rem 2rem}.pair,dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}.facts{gap:.6rem 1.4rem}.facts b{font-size:1.15rem}
.pair .map .scale-text{font-size:260px}.wide td:first-child,.wide th:first-child{position:sticky;left:0;min-width:8em;max-width:12em;white-space:normal;background:var(--bg)}}
@page{size:A4;margin:14mm 12mm}
@media print{:root{color-scheme:light;--bg:#fff;--ink:#1d2b38;--soft:#43566a;--line:#c9d4dd;--pale:#eef3f6;--accent:#0f7f76;--bar:#bfe3de;--column:#7fb3cf;--red:#c53030;--flag:#9a5b00}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}html{font-size:10.5px}body{max-width:none;padding:0;font-size:1rem}#decisions,#unmet,#conflicts{break-before:page}nav,#crosswalk,.short a{display:none}header{padding-top:0}
h2,summary{break-after:avoid}section>p{break-after:avoid}tr,.facts,details>p{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}
th,td{padding:.2rem .35rem}td:first-child{min-width:12em}table{font-size:.86em}.bar{min-width:4em}.pair{grid-template-columns:1fr 1fr}.tiles{grid-template-columns:repeat(3,1fr)}.chart text{font-size:11px}
.map{max-height:230mm}details{border:0;padding:0}details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}}
)css";

}  // namespace gridloom
