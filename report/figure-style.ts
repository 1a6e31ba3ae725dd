// The rules of what holds figures: tiles, the cells of tables, and the places of plots. For the reports' one style
// element, and for the dashboard's file; the look of bare elements is of either page.

export const FIGURE_RULES = `
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:12px;margin:1.4rem 0 1.6rem}
.tile{background:var(--panel);border-radius:var(--radius);padding:14px 16px}
.tile p{margin:0}
.tile-label{font-size:.875rem;color:var(--muted)}
.tile-figure{font-size:1.75rem;line-height:1.35;font-weight:600;letter-spacing:-.01em}
.tile-figure small{letter-spacing:0;white-space:nowrap}
.tile .words{font-size:.875rem;margin:.1rem 0 .35rem}
.scroll{overflow-x:auto;margin:0 0 1.6rem}
.scroll:focus-visible{outline:2px solid var(--hue-0);outline-offset:2px}
tbody th{min-width:min(8rem,40vw);font-weight:500;position:sticky;left:0;background:var(--page);z-index:1}
caption>span{display:block;max-width:min(88ch,calc(100vw - 32px));position:sticky;left:0}
.num{text-align:right;white-space:nowrap;padding:6px 0 6px 12px}
thead th.num{padding-left:12px}
.num+:not(.num){padding-left:24px}
table.compact{width:auto;min-width:min(100%,22rem)}
.main,.sub{display:block;white-space:nowrap}
.words{font-style:normal;color:var(--ink)}
.sub.words{color:var(--muted)}
tbody th .sub{white-space:normal;max-width:24ch}
td.wide,.prose td{white-space:normal}
td.sentences{min-width:16rem}
.compact td code{white-space:nowrap}
.alarm{color:var(--alarm);font-weight:600}
.behind{margin:0 0 1.2rem}
.behind summary{font-weight:400;font-size:.875rem;color:var(--muted)}
.plots{display:grid;grid-template-columns:minmax(0,480px) minmax(0,340px);gap:0 40px;align-items:start}
figure.wide{max-width:760px}
figure.wide .scroll{margin:0}
figure.wide svg.plot{min-width:540px}
@media (max-width:820px){.plots{grid-template-columns:minmax(0,1fr)}.plots .small-plot{max-width:340px}}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,270px),1fr));gap:24px 28px;margin:1.2rem 0}
figure.narrow{max-width:540px}
.panels h3 small{display:block}
.panels figure{max-width:380px;margin:0}
.beside{display:grid;grid-template-columns:minmax(0,580px) minmax(0,1fr);gap:8px 40px;align-items:center}
@media (max-width:820px){.beside{grid-template-columns:minmax(0,1fr)}}
.beside .legend{flex-direction:column}
@media (max-width:820px){.beside .legend{flex-direction:row}}
.empty{color:var(--muted)}
`;
