// The Grafana dashboard as code. `npm run docs` writes volgate.json from it; edit this, not that.
import { GATEWAY_ROWS } from "./gateway-rows.ts";
import { layOut, type Row } from "./panel.ts";
import { SYMBOL_ROWS } from "./symbol-rows.ts";

const { overview, ingest, requests, cost } = GATEWAY_ROWS;
const { predictions, quality, drift, feeds, archive } = SYMBOL_ROWS;

export const ROWS: readonly Row[] = [overview, ingest, requests, predictions, quality, drift, feeds, archive, cost];

const PROMETHEUS = { type: "prometheus", uid: "${datasource}" };

/** The choices above the panels. */
const VARIABLES = [
  { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" },
  choiceOf("job", "Gateway", 'label_values(up{job=~"volgate.*"}, job)'),
  {
    ...choiceOf("symbol", "Symbol", 'label_values(volgate_symbol_up{job="$job"}, symbol)'),
    ...{ multi: true, includeAll: true, allValue: ".*", current: { text: "All", value: "$__all" } },
  },
  {
    ...{ name: "window", label: "Window of quality", type: "custom", query: "1h,24h,30d" },
    options: ["1h", "24h", "30d"].map((text) => ({ text, value: text, selected: text === "24h" })),
    current: { text: "24h", value: "24h" },
  },
];

function choiceOf(name: string, label: string, query: string): object {
  return { name, label, type: "query", datasource: PROMETHEUS, query: { query, refId: name }, refresh: 2, sort: 1 };
}

/** The dashboard as Grafana imports it. */
export function grafanaDashboard(): object {
  return {
    ...{ uid: "volgate", title: "Volgate", tags: ["volgate"], schemaVersion: 39, version: 1, editable: true },
    description: "Written from ops/grafana/dashboard.ts by `npm run docs`.",
    time: { from: "now-6h", to: "now" },
    refresh: "30s",
    timezone: "browser",
    templating: { list: VARIABLES },
    annotations: {
      list: [
        {
          ...{ name: "Deploys", enable: true, iconColor: "blue", datasource: PROMETHEUS, titleFormat: "{{commit}}" },
          expr: 'volgate_build_info{job="$job"} unless on (commit) volgate_build_info{job="$job"} offset 5m',
        },
      ],
    },
    links: [{ title: "Runbook", type: "link", url: "docs/operations/runbook.md", targetBlank: true }],
    panels: layOut(ROWS),
  };
}
