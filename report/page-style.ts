// The style sheet of every report: light and dark by the reader's setting, from a phone's width to paper.
import { COLOURS, colourVariables, TOKEN_RULES } from "./design-tokens.ts";
import { PLOT_RULES } from "./plot-style.ts";

/** The text of the page's one style element. */
export const PAGE_STYLE = `
${TOKEN_RULES}${PLOT_RULES}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:0 clamp(16px,3vw,40px) 64px;max-width:1400px;background:var(--page);color:var(--ink);font:16px/1.5 var(--font);font-variant-numeric:tabular-nums;overflow-wrap:break-word}
header{border-bottom:1px solid var(--line);padding:18px 0 12px}
.eyebrow{margin:0;color:var(--muted);font-size:.875rem}
.eyebrow b{color:var(--ink)}
h1{font-size:clamp(1.6rem,1.2rem + 1.8vw,2.4rem);line-height:1.15;letter-spacing:-.015em;margin:1.6rem 0 .5rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .8rem}
h3{font-size:1rem;margin:0 0 .3rem}
section>*+h3{margin-top:2rem}
section>h2+h3{margin-top:0}
p{margin:0 0 .9rem;max-width:72ch}
ul{margin:0 0 .9rem;padding-left:1.2rem}
li{max-width:72ch}
small,.sub{font-size:.8125rem;font-weight:400;color:var(--muted)}
a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--muted)}
code{font:.8125em/1.5 var(--mono);overflow-wrap:anywhere}
.lead{font-size:1.125rem}
section{margin-top:3.2rem}
section.headline{margin-top:0}
.reasons,.warnings{border-left:4px solid var(--muted);padding:.2rem 0 .2rem 1rem;margin:0 0 1.1rem}
.warnings{border-color:var(--note)}
.reasons h2,.warnings h2{font-size:1rem;margin:0 0 .25rem;letter-spacing:0}
.reasons ul,.warnings ul{margin:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:12px;margin:1.4rem 0 1.6rem}
.tile{background:var(--panel);border-radius:var(--radius);padding:14px 16px}
.tile p{margin:0}
.tile-label{font-size:.875rem;color:var(--muted)}
.tile-figure{font-size:1.75rem;line-height:1.35;font-weight:600;letter-spacing:-.01em}
.tile-figure small{letter-spacing:0;white-space:nowrap}
.tile .words{font-size:.875rem;margin:.1rem 0 .35rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:12px 0;margin:2rem 0 0;border:solid var(--line);border-width:1px 0;font-size:.875rem}
.scroll{overflow-x:auto;margin:0 0 1.6rem}
.scroll:focus-visible{outline:2px solid var(--hue-0);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{caption-side:top;text-align:left;color:var(--muted);padding:0 0 .6rem}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--muted);font-weight:500;white-space:nowrap;vertical-align:bottom}
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
.prose td{max-width:72ch}
.pairs th{width:11rem;white-space:normal}
.importance th{white-space:nowrap}
.importance td{white-space:nowrap}
.importance .num{width:38%}
.bar{display:inline-block;vertical-align:middle;width:calc(100% - 4.2rem);height:.6rem}
.bar span{display:block;height:100%;background:var(--c);border-radius:1px;min-width:1px}
.bar-text{display:inline-block;width:4rem}
.drift td{padding:0;border-top:0}
.drift td .heat{display:block;padding:6px 10px;background:color-mix(in srgb,var(--heat) calc(var(--heat-share,0%)*.6),transparent)}
details{margin:0 0 1rem}
summary{cursor:pointer;font-weight:600;margin:0 0 .6rem}
.behind{margin:0 0 1.2rem}
.behind summary{font-weight:400;font-size:.875rem;color:var(--muted)}
summary:focus-visible,a:focus-visible{outline:2px solid var(--hue-0);outline-offset:2px}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:0 48px}
.columns>*{min-width:0}
.headline .columns{align-items:start}
@media (min-width:821px){.headline .columns{grid-template-columns:22rem minmax(0,1fr)}}
.plots{display:grid;grid-template-columns:minmax(0,480px) minmax(0,340px);gap:0 40px;align-items:start}
figure.wide{max-width:760px}
figure.wide .scroll{margin:0}
figure.wide svg.plot{min-width:540px}
@media (max-width:820px){.plots{grid-template-columns:minmax(0,1fr)}.plots .small-plot{max-width:340px}}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,270px),1fr));gap:24px 28px;margin:1.2rem 0}
figure{margin:0 0 1.2rem;min-width:0}
figcaption{font-size:.875rem;color:var(--muted);margin-top:.4rem}
figure.narrow{max-width:540px}
.panels h3 small{display:block}
.panels figure{max-width:380px;margin:0}
.beside{display:grid;grid-template-columns:minmax(0,580px) minmax(0,1fr);gap:8px 40px;align-items:center}
@media (max-width:820px){.beside{grid-template-columns:minmax(0,1fr)}}
.beside .legend{flex-direction:column}
@media (max-width:820px){.beside .legend{flex-direction:row}}
.empty{color:var(--muted)}
@page{size:A4 landscape;margin:12mm}
@media print{
:root{color-scheme:light;${colourVariables(COLOURS.light)}}
body{font-size:10.5pt;max-width:none;padding:0}
nav,.behind{display:none}
section{margin-top:1.6rem}
h2,h3,caption{break-after:avoid}
figure,tr,.tile,.warnings,.reasons{break-inside:avoid}
.scroll{overflow:visible}
.beside{grid-template-columns:110mm minmax(0,1fr)}
.panels{grid-template-columns:repeat(4,minmax(0,1fr));gap:4mm}
.beside .legend{flex-direction:column}
.num,.main,.sub{white-space:normal}
table{font-size:7.5pt}
small,.sub{font-size:7pt}
th,td{padding-right:6px}
.num{padding-left:6px}
svg.plot[width]{width:100%;height:auto}
}
`;
