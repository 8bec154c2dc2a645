/** The look of the report: no file, font or script from elsewhere, light and dark as the reader's screen is. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: #faf9f5; --card: #ffffff; --ink: #1d2523; --soft: #5d6864; --line: #dfe1da; --accent: #0b6e66;
  --good: #2f7d4f; --bad: #c4501b; --miss: #b3261e; --water: #1f6fb2; --dry: #eceae2; --quiet: #b9bfba; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12171a; --card: #1a2125; --ink: #e8ebe8; --soft: #9aa6a2; --line: #2f393d; --accent: #4fc3b5;
  --good: #63c08a; --bad: #f08a4b; --miss: #ff7a70; --water: #58aef0; --dry: #262f33; --quiet: #56625f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 20px 16px 60px; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.15rem; margin: 0 0 10px; }
h3 { font-size: 1rem; margin: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px; margin: 16px 0; }
p { margin: 6px 0; }
a { color: var(--accent); }
small, .note, .axis, figcaption { color: var(--soft); font-size: .82rem; }
.note { max-width: 70ch; }
.lang { position: absolute; opacity: 0; pointer-events: none; }
#show-zh:checked ~ main .en, #show-en:checked ~ main .zh { display: none; }
.switch { float: right; display: flex; border: 1px solid var(--line); border-radius: 99px; overflow: hidden; margin-left: 12px; }
.switch label { padding: 3px 14px; font-size: .85rem; cursor: pointer; color: var(--soft); }
#show-zh:checked ~ main label[for=show-zh], #show-en:checked ~ main label[for=show-en] { background: var(--accent); color: var(--card); }
#show-zh:focus-visible ~ main label[for=show-zh], #show-en:focus-visible ~ main label[for=show-en] { outline: 3px solid var(--bad); }
.facts { color: var(--soft); font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 16px 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile b.bad { color: var(--miss); }
.tile span.what { font-size: .9rem; }
.tile small { display: block; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; vertical-align: bottom; }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; }
td small { display: block; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td .label { display: none; color: var(--soft); }
.whisker { position: relative; display: block; height: 8px; width: 100%; min-width: 70px; margin-top: 5px; background: var(--dry); border-radius: 4px; }
.whisker i { position: absolute; top: 2px; height: 4px; background: var(--quiet); border-radius: 2px; min-width: 2px; }
.whisker b { position: absolute; top: -2px; width: 4px; height: 12px; margin-left: -2px; background: var(--accent); border-radius: 2px; }
.share { display: block; height: 8px; min-width: 70px; margin-top: 5px; background: var(--dry); border-radius: 4px; overflow: hidden; }
.share i { display: block; height: 100%; background: var(--accent); min-width: 2px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
.plot { position: relative; }
.plot svg { display: block; width: 100%; height: 100%; overflow: visible; }
.line { fill: none; stroke: var(--accent); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.area { fill: var(--accent); opacity: .12; }
.at { position: absolute; white-space: nowrap; font-size: .78rem; color: var(--soft); line-height: 1; }
.at.x { transform: translateX(-50%); top: 6px; }
.at.x.first { transform: none; } .at.x.last { transform: translateX(-100%); }
.at.y { right: 100%; margin-right: 6px; transform: translateY(-50%); }
.at.y.row { color: var(--ink); }
.xaxis { position: relative; height: 22px; }
.strip { display: grid; grid-template-columns: 8.5em 1fr 5.2em; gap: 0 10px; align-items: center; }
.strip .row { position: relative; height: 26px; border-bottom: 1px solid var(--line); }
.strip .row i { position: absolute; top: 8px; width: 9px; height: 9px; margin-left: -4px; border-radius: 50%; background: var(--accent); opacity: .5; }
.strip .name { font-size: .85rem; } .strip .missed { font-size: .85rem; }
.missed.some { color: var(--miss); font-weight: 600; }
.bars { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 6px; height: 170px; align-items: end; margin-top: 8px; }
.bar { display: flex; flex-direction: column; justify-content: flex-end; height: 100%; text-align: center; font-size: .82rem; }
.bar i { display: block; background: var(--accent); border-radius: 4px 4px 0 0; min-height: 1px; }
.bar i.quiet { background: var(--quiet); }
.bar span { border-top: 1px solid var(--line); padding-top: 4px; color: var(--soft); }
.matrix td, .matrix th { text-align: center; padding: 4px 6px; } .matrix td:first-child, .matrix th:first-child { text-align: left; }
.cell { display: block; border-radius: 6px; padding: 3px 4px; min-width: 3.4em; white-space: nowrap; background: color-mix(in srgb, var(--good) var(--share), var(--dry)); }
.scroll { overflow-x: auto; }
.home { margin: 22px 0 0; padding-top: 16px; border-top: 1px solid var(--line); }
.home:first-of-type { border-top: 0; padding-top: 0; }
.why { color: var(--soft); font-size: .9rem; }
.heat { margin: 8px 0 0 34px; }
.heat .cells { position: relative; height: 190px; background: repeating-linear-gradient(135deg, transparent 0 4px, var(--line) 4px 5px); border: 1px solid var(--line); }
.heat svg { display: block; width: 100%; height: 100%; }
.l0 { fill: var(--dry); } .l1, .l2, .l3, .l4, .l5 { fill: var(--water); }
.l1 { opacity: .22; } .l2 { opacity: .4; } .l3 { opacity: .6; } .l4 { opacity: .8; }
.under { fill: var(--card); }
.track { position: relative; height: 12px; margin-top: 2px; }
.track i { position: absolute; height: 9px; top: 2px; border-radius: 3px; min-width: 4px; }
.incident { background: var(--miss); opacity: .85; } .incident.nothing { background: var(--quiet); }
.alert-true { background: var(--good); } .alert-false { background: var(--bad); } .alert-plain { background: var(--accent); } .alert-minor { background: var(--quiet); opacity: .7; }
.mark { position: absolute; width: 13px; height: 13px; margin: -7px 0 0 -7px; border-radius: 50%; border: 2px solid var(--card); box-shadow: 0 0 0 1px var(--ink); }
.key { display: inline-flex; align-items: center; gap: 5px; margin-right: 14px; font-size: .82rem; color: var(--soft); }
.key i { display: inline-block; width: 14px; height: 10px; border-radius: 3px; }
.key i.water { background: linear-gradient(90deg, color-mix(in srgb, var(--water) 22%, var(--card)), var(--water)); width: 34px; }
.key i.dry { background: var(--dry); border: 1px solid var(--line); }
.key i.none { background: repeating-linear-gradient(135deg, transparent 0 3px, var(--soft) 3px 4px); border: 1px solid var(--line); }
.key i.dot { width: 11px; height: 11px; border-radius: 50%; }
.list { list-style: none; margin: 8px 0 0; padding: 0; font-size: .87rem; }
.list li { padding: 3px 0 3px 16px; position: relative; }
.list li::before { content: ""; position: absolute; left: 0; top: 11px; width: 9px; height: 9px; border-radius: 50%; background: var(--tone); }
.versus { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.change { display: grid; grid-template-columns: 6.5em 1fr 3.5em; gap: 4px 10px; align-items: center; font-size: .9rem; }
.change i { display: block; height: 14px; border-radius: 4px; background: var(--quiet); min-width: 2px; }
.change i.appears { background: var(--bad); } .change i.disappears { background: var(--accent); }
@media (max-width: 640px) {
  main { padding: 14px 10px 40px; } section { padding: 14px 12px; }
  .tiles, .versus { grid-template-columns: 1fr 1fr; gap: 8px; } .tile { padding: 10px 12px; } .tile b { font-size: 1.35rem; }
  .strip { grid-template-columns: 5.6em 1fr 4em; gap: 0 6px; }
  .cards thead { display: none; } .cards tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 12px; padding: 10px 0; border-bottom: 1px solid var(--line); }
  .cards tr:last-child { border-bottom: 0; }
  .cards td { border: 0; padding: 2px 0; } .cards td:first-child { grid-column: 1 / -1; } td .label { display: block; font-size: .78rem; }
  .heat .cells { height: 150px; } .strip .minor { display: none; }
}
@media print { section { break-inside: avoid; border: 0; padding: 8px 0; } .switch { display: none; } }
`;
