// The style sheet of every report: light and dark by the reader's setting, from a phone's width to paper.
import { COLOURS, colourVariables, TOKEN_RULES } from "./design-tokens.ts";
import { FIGURE_RULES } from "./figure-style.ts";
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
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:12px 0;margin:2rem 0 0;border:solid var(--line);border-width:1px 0;font-size:.875rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{caption-side:top;text-align:left;color:var(--muted);padding:0 0 .6rem}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--muted);font-weight:500;white-space:nowrap;vertical-align:bottom}
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
${FIGURE_RULES}
details{margin:0 0 1rem}
summary{cursor:pointer;font-weight:600;margin:0 0 .6rem}
summary:focus-visible,a:focus-visible{outline:2px solid var(--hue-0);outline-offset:2px}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:0 48px}
.columns>*{min-width:0}
.headline .columns{align-items:start}
@media (min-width:821px){.headline .columns{grid-template-columns:22rem minmax(0,1fr)}}
figure{margin:0 0 1.2rem;min-width:0}
figcaption{font-size:.875rem;color:var(--muted);margin-top:.4rem}
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
