// The rules of every drawing that `plotFrame` makes, and of its legend: for the reports' one style element, and for the
// dashboard's file.

export const PLOT_RULES = `
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;font-size:.875rem;color:var(--ink)}
.series-swatch{vertical-align:middle;margin-right:4px}
svg.plot{display:block;max-width:none;font-size:12px}
svg.plot:not([width]){width:100%;height:auto}
svg.plot text{fill:var(--ink)}
svg .small{font-size:10.5px}
svg .label,svg .small.label{fill:var(--muted)}
svg .strong{font-weight:700}
svg .grid{stroke:var(--line);stroke-width:1;fill:none}
svg .axis,svg .tick{stroke:var(--muted);stroke-width:1;fill:none}
svg .reference{stroke:var(--muted);stroke-width:1.25;stroke-dasharray:5 4;fill:none}
svg .reference-text{fill:var(--muted);font-size:11px}
svg .curve{stroke:var(--c);stroke-width:1.5;fill:none;stroke-linejoin:round}
svg .curve.chosen{stroke-width:3}
svg .curve.thin{stroke-width:1}
svg .band{fill:var(--c);fill-opacity:.16}
svg .marker{fill:var(--c);stroke:var(--page);stroke-width:1}
svg .marker.hollow{fill:var(--page);stroke:var(--c);stroke-width:1.2}
svg .whisker{stroke:var(--c);stroke-width:1.75;fill:none}
svg .whisker.chosen{stroke-width:3.25}
svg .limit{stroke:var(--muted);stroke-width:1.25;fill:none}
svg .dot.ok{fill:var(--hue-0)}
svg .dot.drift{fill:var(--alarm)}
svg .dot.unjudged{fill:var(--page);stroke:var(--muted)}
svg .bin{fill:var(--c);fill-opacity:.18}
svg .calm{fill:var(--muted);fill-opacity:.35}
svg .spike{stroke:var(--c);stroke-width:2;fill:var(--c);fill-opacity:.12}
svg .base-bar{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:5 3;fill:none}
`;
