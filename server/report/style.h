// SPDX-License-Identifier: Apache-2.0
// The look of the report, on screen and on paper.
#pragma once

namespace gridloom {

inline constexpr const char* kReportStyle = R"css(
:root{--ink:#1d2b38;--soft:#5a6d7f;--line:#dbe3ea;--accent:#0f7f76;--amber:#f5a623;--red:#c53030}
*{box-sizing:border-box}:root:lang(en){font-variant-east-asian:proportional-width}
body{margin:0 auto;max-width:1500px;padding:0 1.5rem 3rem;color:var(--ink);background:#fff;
font:15px/1.5 Inter,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif}
header{padding:2rem 0 1rem;border-bottom:3px solid var(--accent)}
h1{margin:0;font-size:2.2rem}header p{margin:.2rem 0 1rem;color:var(--soft)}
h2{margin:2.4rem 0 .2rem;font-size:1.35rem}section>p{margin:.1rem 0 .9rem;color:var(--soft);max-width:75em}
.facts{display:flex;flex-wrap:wrap;gap:.8rem 2.4rem}.facts b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.facts span,figcaption{color:var(--soft);font-size:.87rem}figcaption b{color:var(--ink)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:1rem}
figure{margin:0;break-inside:avoid}
.map{display:block;width:100%;background:#eef3f6;border:1px solid var(--line);border-radius:6px}
.map path{fill:none;stroke-linejoin:round;stroke-linecap:round}
.map .delivered{stroke-width:7;opacity:.75}
.map .patch{stroke:none}.map .h0{fill:#cfe1f2}.map .h1{fill:#f8e1c2}.map .h2{fill:#d2ead0}.map .h3{fill:#f5d5d0}.map .h4{fill:#e3d9f0}.map .h5{fill:#f4edc4}
.map .special{fill:#d9b8e8}.map .uninhabited{fill:#d5dccb}
.map .atom-line{stroke:#8aa0b2;stroke-width:4;stroke-dasharray:20 20}.map .grid-line{stroke:#6b8296;stroke-width:6}.map .unit-line{stroke:#2f4358;stroke-width:13}
.map .ground{fill:#f5a623;fill-opacity:.55;stroke:#d98a00;stroke-width:6}
.map .aligned{stroke:#0f9b8e;stroke-width:22}.map .was{stroke:#c53030;stroke-width:9}
.map .support{stroke:#0b3b5a}.map .s1{stroke:#d9c27a;stroke-width:4}.map .s2{stroke:#c9a04e;stroke-width:6}.map .s3{stroke:#b0763a;stroke-width:8}
.map .s4{stroke:#8c4a33;stroke-width:11}.map .s5{stroke:#632b33;stroke-width:13}.map .s6{stroke:#2d1430;stroke-width:16}
.map .scale{stroke:#1d2b38;stroke-width:22;stroke-linecap:butt}.map .scale-text{font-size:120px;fill:#1d2b38;paint-order:stroke;stroke:#fff;stroke-width:30}
.chart{width:100%;max-width:460px;overflow:visible}.chart rect{fill:#7fb3cf}.chart text{font-size:8px;text-anchor:middle;fill:var(--soft)}
.chart .stated{stroke:var(--red);stroke-width:1.6}.chart .suggested{stroke:var(--red);stroke-width:1.6;stroke-dasharray:4 3}
.legend span,.counts span{display:inline-block;margin-right:1rem;color:var(--soft);font-size:.87rem}.legend i{display:inline-block;width:1.6em;height:3px;margin-right:.4em;vertical-align:middle}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin-bottom:1rem;font-size:.9rem}
th{text-align:left;vertical-align:bottom;font-weight:600;color:var(--soft)}th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{white-space:normal}
.bar{position:relative;display:inline-block;min-width:5.5em;background:#eef3f6;border-radius:3px;overflow:hidden}.bar i{position:absolute;inset:0 auto 0 0;background:#bfe3de}.bar b{position:relative;padding:0 .4em;font-weight:500}
.download{display:inline-block;margin:0 .5rem .5rem 0;padding:.3rem .8rem;border:1px solid var(--accent);border-radius:6px;color:var(--accent);text-decoration:none}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem}dt{font-weight:600}dd{margin:0;color:var(--soft)}
@media(max-width:800px){.pair{grid-template-columns:1fr}dl{grid-template-columns:1fr}}
@media print{.downloads,#crosswalk{display:none}body{max-width:none}}
)css";

}  // namespace gridloom
