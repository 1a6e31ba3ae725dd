// Panels of a Grafana dashboard, and the grid on which they lie. Only what this dashboard needs of Grafana's format.

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** How a series is called, with `{{label}}`. */
  readonly legend: string;
}

/** What a panel looks like: a value now, bars of values now, a table of series, or lines over time. */
export type PanelKind = "stat" | "bars" | "table" | "lines";

export interface Panel {
  readonly title: string;
  readonly kind: PanelKind;
  /** Grafana's name of a unit. */
  readonly unit: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  /** A number above or below which it is coloured as bad. */
  readonly bad?: { readonly above: number } | { readonly below: number };
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const COLUMNS = 24;
const HEIGHT: Readonly<Record<PanelKind, number>> = { stat: 4, bars: 7, table: 7, lines: 8 };
const TYPE: Readonly<Record<PanelKind, string>> = {
  stat: "stat",
  bars: "bargauge",
  table: "table",
  lines: "timeseries",
};
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** A panel of lines. @param queries expressions by legend. */
export function lines(
  title: string,
  unit: string,
  description: string,
  queries: Readonly<Record<string, string>>,
): Panel {
  return { title, unit, description, kind: "lines", width: 8, queries: queriesOf(queries) };
}

export function stat(title: string, unit: string, description: string, expr: string): Panel {
  return { title, unit, description, kind: "stat", width: 4, queries: [{ expr, legend: title }] };
}

function queriesOf(queries: Readonly<Record<string, string>>): Query[] {
  return Object.entries(queries).map(([legend, expr]) => ({ expr, legend }));
}

/** Rows and their panels as Grafana's list: each row's panels below its title, from left to right, wrapped at 24. */
export function layOut(rows: readonly Row[]): object[] {
  const laid: object[] = [];
  let y = 0;
  let id = 1;
  for (const row of rows) {
    laid.push({ id: id++, type: "row", title: row.title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 } });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) {
        y += lineHeight;
        [x, lineHeight] = [0, 0];
      }
      const h = HEIGHT[panel.kind];
      laid.push(panelJson(panel, id++, { x, y, w: panel.width, h }));
      x += panel.width;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return laid;
}

function panelJson(panel: Panel, id: number, gridPos: object): object {
  const { title, kind, unit, description, queries } = panel;
  const isNow = kind !== "lines";
  return {
    ...{ id, type: TYPE[kind], title, description, datasource: DATASOURCE, gridPos },
    targets: queries.map(({ expr, legend }, i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource: DATASOURCE, expr, legendFormat: legend },
      ...(isNow ? { instant: true, range: false } : { instant: false, range: true }),
      ...(kind === "table" ? { format: "table" } : {}),
    })),
    fieldConfig: { defaults: { unit, ...colours(panel), ...(isNow ? {} : { custom: LINE }) }, overrides: [] },
    options: OPTIONS[kind],
  };
}

const LINE = { drawStyle: "line", lineWidth: 1, fillOpacity: 0, spanNulls: false, showPoints: "never" };
const NOW = { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false } };
const OPTIONS: Readonly<Record<PanelKind, object>> = {
  stat: { ...NOW, colorMode: "value", graphMode: "none", textMode: "auto" },
  bars: { ...NOW, displayMode: "basic", orientation: "horizontal" },
  table: { showHeader: true },
  lines: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
};

function colours({ bad }: Panel): object {
  if (bad === undefined) return {};
  const steps =
    "above" in bad
      ? [
          { color: "green", value: null },
          { color: "red", value: bad.above },
        ]
      : [
          { color: "red", value: null },
          { color: "green", value: bad.below },
        ];
  return { thresholds: { mode: "absolute", steps } };
}
