// Features by closed windows: each cell a feature's distance over its own threshold. Cells of what drifted fill their
// place and the others do not, so that colour does not carry it alone.
import { decimals } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { type DriftLine, minuteText } from "./drift-answer.ts";
import { RATIO_LEVELS, ratioLevel } from "./ratio-level.ts";

const ROW = 15;
const TOP = 34;
/** Width of a letter of the names, generously. */
const LETTER = 6.8;
const BODY = 900;
const [LEAST_CELL, MOST_CELL] = [5, 22];

interface Column {
  readonly line: DriftLine;
  /** Its place; a gap in time leaves one place empty. */
  readonly at: number;
}

/** Features in the order of the newest window's ratios; nothing where no window has any. */
export function driftHeatMap(lines: readonly DriftLine[]): Content {
  const columns = placed(lines);
  const names = featureNames(lines);
  if (names.length === 0) return null;
  const places = columns.at(-1)!.at + 1;
  const cell = Math.min(MOST_CELL, Math.max(LEAST_CELL, BODY / places));
  const [width, height] = [places * cell + 4, TOP + (names.length + 1) * ROW + 4];
  return html`<div class="heat">
    ${nameColumn(names, height)}
    <div class="scroll heat-scroll" tabindex="0" role="region" aria-label="Heat map of features over time">
      <svg
        class="plot"
        role="img"
        width="${width}"
        height="${height}"
        viewBox="0 0 ${width} ${height}"
        aria-labelledby="heat-title heat-desc"
      >
        <title id="heat-title">Features by window: distance over threshold</title>
        <desc id="heat-desc">${description(lines, names)}</desc>
        ${dayMarks(columns, cell)}
        ${columns.map(({ line, at }) => verdictMark(line, (at + 0.5) * cell, Math.min(4, cell / 2)))}
        ${RATIO_LEVELS.map(({ className }, level) => {
          const path = cellsOf(level, columns, names, cell);
          return path === "" ? null : html`<path class="${className}" d="${path}" />`;
        })}
      </svg>
    </div>
  </div>`;
}

/** Stays in sight while the map scrolls. */
function nameColumn(names: readonly string[], height: number): Markup {
  const width = Math.max(...names.map((name) => name.length)) * LETTER + 8;
  const rows = ["verdict", ...names];
  return html`<svg class="plot" aria-hidden="true" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    ${rows.map((name, row) => html`<text x="${width - 8}" y="${TOP + (row + 1) * ROW - 4}" text-anchor="end">${name}</text>`)}
  </svg>`;
}

/** What the cells mean, beside the map. */
export function heatLegend(): Markup {
  return html`<ul class="legend">
    ${RATIO_LEVELS.map(
      ({ className, words }, level) =>
        html`<li>
          <svg class="series-swatch" aria-hidden="true" width="16" height="14" viewBox="0 0 16 14">
            <path class="${className}" d="${cellPath(0, 0, 16, level)}" />
          </svg>
          ${words}
        </li>`,
    )}
    <li>empty: not judged</li>
  </ul>`;
}

function placed(lines: readonly DriftLine[]): Column[] {
  const everyMs = lines[0]?.window === "24h" ? 86_400_000 : 3_600_000;
  let at = -1;
  let before = Number.NaN;
  return lines.map((line) => {
    const toMs = Date.parse(line.to);
    at += toMs - before > 1.5 * everyMs ? 2 : 1;
    before = toMs;
    return { line, at };
  });
}

function featureNames(lines: readonly DriftLine[]): string[] {
  const newest = lines.findLast(({ ratios }) => ratios !== null && ratios !== undefined)?.ratios ?? {};
  return Object.keys(newest).sort((a, b) => (newest[b] ?? -1) - (newest[a] ?? -1));
}

function cellsOf(level: number, columns: readonly Column[], names: readonly string[], cell: number): string {
  const gap = cell > 8 ? 1 : 0;
  let path = "";
  for (const { line, at } of columns) {
    names.forEach((name, row) => {
      const ratio = line.ratios?.[name] ?? null;
      if (ratio === null || ratioLevel(ratio) !== level) return;
      path += cellPath(at * cell, TOP + (row + 1) * ROW, cell - gap, level);
    });
  }
  return path;
}

function cellPath(x: number, y: number, width: number, level: number): string {
  const inset = level >= 3 ? 0 : 3;
  return `M${tenths(x)} ${y + inset}h${tenths(width)}v${ROW - 1 - 2 * inset}h-${tenths(width)}z`;
}

function tenths(x: number): number {
  return Math.round(10 * x) / 10;
}

function verdictMark({ verdict }: DriftLine, x: number, radius: number): Markup {
  const look = verdict === "drift" || verdict === "ok" ? verdict : "unjudged";
  return html`<circle class="dot ${look}" cx="${x}" cy="${TOP + 7}" r="${look === "ok" ? radius * 0.55 : radius}" />`;
}

/** The first window of each day, with its date where there is room. */
function dayMarks(columns: readonly Column[], cell: number): Content {
  let free = -Infinity;
  return columns.map(({ line, at }, i) => {
    const day = line.to.slice(0, 10);
    if (i > 0 && columns[i - 1]!.line.to.slice(0, 10) === day) return null;
    const x = at * cell;
    const hasRoom = x >= free;
    if (hasRoom) free = x + 78;
    return html`<path class="tick" d="M${x + 0.5} ${TOP - 6}v6" />${
        hasRoom ? html`<text class="small label" x="${x}" y="${TOP - 11}">${day}</text>` : null
      }`;
  });
}

function description(lines: readonly DriftLine[], names: readonly string[]): string {
  const newest = lines.at(-1)!;
  const drifted = lines.filter(({ verdict }) => verdict === "drift").length;
  const worst = names[0] ?? "";
  return `${lines.length} windows to ${minuteText(newest.to)} UTC, ${drifted} drifted. Farthest in the newest: ${worst} at ${decimals(newest.ratios?.[worst] ?? null, 2)} of its threshold.`;
}
