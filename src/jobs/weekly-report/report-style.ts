// The weekly report's style sheet: light and dark by the reader's setting, from a phone's width to paper.

const LIGHT =
  "--page:#fff;--panel:#f4f5f7;--ink:#1b2127;--muted:#59636e;--line:#d5dae0;--note:#9a6a00;--champion:#0b62ad;--other:#79838d;--alarm:#b8500a";
const DARK =
  "--page:#14171b;--panel:#1d2227;--ink:#e6e9ec;--muted:#9ea8b3;--line:#363e47;--note:#d9a441;--champion:#62a9ee;--other:#8f99a3;--alarm:#f09a57";

/** The text of the page's one style element. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:0 clamp(16px,3vw,40px) 64px;max-width:1120px;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header{border-bottom:1px solid var(--line);padding:18px 0 12px}
.eyebrow{margin:0;color:var(--muted);font-size:.875rem}
.eyebrow b{color:var(--ink)}
h1{font-size:clamp(1.6rem,1.2rem + 1.8vw,2.3rem);line-height:1.15;letter-spacing:-.015em;margin:1.6rem 0 .6rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .8rem}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:0 0 .9rem;max-width:72ch}
ul{margin:0 0 .9rem;padding-left:1.2rem}
li{max-width:72ch}
.lead{font-size:1.1rem}
.sub{display:block;font-size:.8125rem;font-weight:400;color:var(--muted)}
code{font:.8125em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--muted)}
section{margin-top:2.8rem}
.warnings{border-left:4px solid var(--note);padding:.2rem 0 .2rem 1rem;margin:1.2rem 0}
.warnings ul{margin:0}
.scroll{overflow-x:auto;margin:0 0 1.2rem}
.scroll:focus-visible{outline:2px solid var(--champion);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{caption-side:top;text-align:left;color:var(--muted);padding:0 0 .5rem}
caption span{display:block;max-width:min(88ch,calc(100vw - 32px));position:sticky;left:0}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--muted);font-weight:500;vertical-align:bottom}
tbody th{min-width:8rem;font-weight:500;position:sticky;left:0;background:var(--page);z-index:1}
td.num,th.num{text-align:right;white-space:nowrap}
td.num+td:not(.num){padding-left:10px}
td.words{min-width:16rem}
td code{white-space:nowrap}
tr.champion>th{color:var(--champion);font-weight:600}
.alarm{color:var(--alarm);font-weight:600}
.empty{color:var(--muted)}
figure{margin:0 0 1.2rem}
figcaption{font-size:.875rem;color:var(--muted);margin:0 0 .3rem;max-width:72ch}
svg{display:block;width:100%;max-width:540px;height:auto;font-size:12px}
svg text{fill:var(--ink)}
svg .muted{fill:var(--muted)}
.axis{stroke:var(--muted);fill:none}
.grid{stroke:var(--line);fill:none}
.limit{stroke:var(--muted);stroke-dasharray:5 4;fill:none}
.whisker{stroke:var(--other);stroke-width:2;fill:none}
.dot{fill:var(--other)}
.champion .whisker{stroke:var(--champion);stroke-width:3}
.champion .dot{fill:var(--champion)}
.dot.drift{fill:var(--alarm)}
.dot.ok{fill:var(--champion)}
.dot.none{fill:var(--page);stroke:var(--other)}
@page{size:A4;margin:12mm}
@media print{:root{color-scheme:light;${LIGHT}}body{font-size:10pt;max-width:none;padding:0}table{font-size:8pt}tr,figure{break-inside:avoid}.scroll{overflow:visible}}
`;
