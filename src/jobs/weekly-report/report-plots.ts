// The weekly report's two drawings: figures with their intervals, one line each, and drift verdicts in time.
import { html } from "hono/html";
import { type Figure, decimals, percentText, utcText } from "./report-text.ts";
import type { Markup } from "./report-table.ts";

const WIDTH = 420;
const ROW = 24;
const LEFT = 104;
const RIGHT = 16;

export interface IntervalLine {
  readonly name: string;
  readonly figure: Figure;
  readonly champion: boolean;
}

/** Lines from 0 to the highest end, 1 at most, with what chance would be as a dashed line. Empty without lines. */
export function intervalPlot(title: string, lines: readonly IntervalLine[], chance: number | null): Markup | string {
  if (lines.length === 0) return "";
  const end = niceEnd(Math.max(chance ?? 0, ...lines.map(({ figure }) => figure.high)));
  const x = (value: number): string => (LEFT + ((WIDTH - LEFT - RIGHT) * value) / end).toFixed(1);
  const bottom = lines.length * ROW + 8;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * end);
  const words = lines.map(
    ({ name, figure: f }) => `${name} ${decimals(f.value)} [${decimals(f.low)}, ${decimals(f.high)}]`,
  );
  return html`<figure>
    <figcaption>${title}${chance === null ? "" : html`; dashed: chance, the base rate ${decimals(chance)}`}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-label="${title}: ${words.join("; ")}">
      ${ticks.map(
        (tick) =>
          html`<path class="grid" d="M${x(tick)} 0V${bottom}" /><text
              class="muted"
              x="${x(tick)}"
              y="${bottom + 16}"
              text-anchor="middle"
              >${decimals(tick, 2)}</text
            >`,
      )}
      ${chance === null ? "" : html`<path class="limit" d="M${x(chance)} 0V${bottom}" />`}
      ${lines.map(({ name, figure, champion }, i) => {
        const y = i * ROW + ROW / 2 + 4;
        return html`<g class="${champion ? "champion" : ""}">
          <text x="0" y="${y + 4}">${name}</text>
          <path class="whisker" d="M${x(figure.low)} ${y}H${x(figure.high)}" />
          <circle class="dot" cx="${x(figure.value)}" cy="${y}" r="4.5" />
        </g>`;
      })}
    </svg>
  </figure>`;
}

export interface VerdictMark {
  readonly toMs: number;
  readonly share: number | null;
  readonly threshold: number | null;
  readonly verdict: string;
}

/** Shares of drifted features in time, each window's limit as a dash. Empty with fewer than two windows. */
export function verdictPlot(title: string, marks: readonly VerdictMark[]): Markup | string {
  const [first, last] = [marks[0]?.toMs ?? 0, marks.at(-1)?.toMs ?? 0];
  if (last <= first) return "";
  const [left, height] = [48, 120];
  const end = niceEnd(Math.max(...marks.flatMap(({ share, threshold }) => [share ?? 0, threshold ?? 0])));
  const x = (ms: number): string => (left + ((WIDTH - left - RIGHT) * (ms - first)) / (last - first)).toFixed(1);
  const y = (share: number): string => (height - ((height - 8) * share) / end).toFixed(1);
  const dots = marks.map(({ toMs, share, threshold, verdict }) => {
    const look = verdict === "drift" || verdict === "ok" ? verdict : "none";
    const at = Number(x(toMs));
    const limit = threshold === null ? "" : html`<path class="limit" d="M${at - 5} ${y(threshold)}H${at + 5}" />`;
    return html`${limit}<circle
        class="dot ${look}"
        cx="${at}"
        cy="${y(share ?? 0)}"
        r="${look === "none" ? 2.5 : 4}"
      />`;
  });
  const alarms = marks.filter(({ verdict }) => verdict === "drift").length;
  return html`<figure>
    <figcaption>${title}</figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${height + 24}"
      role="img"
      aria-label="${title}: ${marks.length} windows, ${alarms} drifted"
    >
      ${[0, end / 2, end].map(
        (tick) =>
          html`<path class="grid" d="M${left} ${y(tick)}H${WIDTH - RIGHT}" /><text
              class="muted"
              x="${left - 6}"
              y="${Number(y(tick)) + 4}"
              text-anchor="end"
              >${percentText(tick, 0)}</text
            >`,
      )}
      ${dots}
      <text class="muted" x="${left}" y="${height + 18}">${utcText(first)}</text>
      <text class="muted" x="${WIDTH - RIGHT}" y="${height + 18}" text-anchor="end">${utcText(last)}</text>
    </svg>
  </figure>`;
}

/** The next of 0.1, 0.2, 0.4, 0.6, 0.8, 1 that holds the value. */
function niceEnd(value: number): number {
  return [0.1, 0.2, 0.4, 0.6, 0.8].find((end) => value <= end) ?? 1;
}
