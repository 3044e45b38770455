// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "page.h"

namespace kernwise::detail {

// Dark colours are for screens only: paper is white. --s1 to --s9 are the colours of series, chosen
// to differ in lightness too; the ninth is the grey of "others".
std::string_view page_style() {
  return R"css(
:root { color-scheme: light; --paper: #ffffff; --ink: #1b1e23; --dim: #5d6470; --line: #d9dce2;
  --soft: #f4f5f8; --link: #1a5fb4; --warn: #8a4b00;
  --s1: #2a6fbf; --s2: #e07b1a; --s3: #1b8a5a; --s4: #b83280; --s5: #6b4fc4; --s6: #0f9bb0;
  --s7: #c2371f; --s8: #8a7a12; --s9: #8a9099; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --paper: #15171b; --ink: #e6e8ec; --dim: #9ba2ae; --line: #343841;
    --soft: #1f2228; --link: #7db3f5; --warn: #e8b062;
    --s1: #5b9be6; --s2: #f0a04b; --s3: #45b983; --s4: #e070ae; --s5: #a78bf0; --s6: #45c1d4;
    --s7: #f0705a; --s8: #cbb64a; --s9: #8a9099; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 4rem; max-width: 76rem; background: var(--paper);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: 0 0 .6rem; max-width: 48rem; }
a { color: var(--link); }
.dim { color: var(--dim); font-size: .87rem; overflow-wrap: anywhere; }
.warning { color: var(--warn); }
nav ol { margin: .25rem 0 0; padding-left: 1.4rem; }
section { margin-top: 2rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
  gap: .55rem 1.25rem; margin: .75rem 0 0; }
dt { color: var(--dim); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.figure { margin-top: 1.75rem; }
.plot { position: relative; height: 21rem; margin: .5rem 0 .75rem; }
.plot:empty { display: none; }
details > summary { cursor: pointer; color: var(--dim); font-size: .87rem; padding: .15rem 0; }
.wide { width: fit-content; max-width: 100%; overflow-x: auto; max-height: 34rem; overflow-y: auto;
  border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; font-size: .85rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; white-space: nowrap; }
td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 8rem; max-width: 22rem; }
th { position: sticky; top: 0; background: var(--soft); font-weight: 600; }
tbody tr:nth-child(even) { background: var(--soft); }
th.n, td.n { text-align: right; }
td.long { white-space: normal; min-width: 14rem; }
@media (max-width: 40rem) {
  body { padding: .9rem .75rem 3rem; font-size: 14px; }
  dl { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem .9rem; }
  .plot { height: 17rem; }
  table { font-size: .8rem; }
  th, td { padding: .25rem .45rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .wide { overflow: visible; max-height: none; border: 0; }
  th { position: static; }
  td { white-space: normal; overflow-wrap: anywhere; }
  td:first-child { min-width: 0; }
  td.long { min-width: 0; }
  table { font-size: 7.5pt; }
  h2, h3 { break-after: avoid; } .plot, tr { break-inside: avoid; } }
)css";
}

}  // namespace kernwise::detail
