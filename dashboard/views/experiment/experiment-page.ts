// What the view of the experiment shows of an answer, as markup: what runs, what is missing for a promotion, the paired
// gain with its interval, symbol by symbol, and what was changed.
import { countText, counted, percentText, signedDecimals, signedIntervalText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { intervalPlot } from "../../../report/interval-plot.ts";
import { seriesLooks } from "../../../report/series-look.ts";
import { stacked, table } from "../../../report/table.ts";
import { tile } from "../../../report/tile.ts";
import {
  type Change,
  codeWords,
  type Comparison,
  evidenceText,
  type ExperimentAnswer,
  minuteText,
  type RunningExperiment,
  shortSha,
} from "./experiment-answer.ts";

/** Symbols with an interval in the plot; the table has all. */
const MOST_DRAWN = 12;

/** Above the chart: what runs, and what it comes to. */
export function experimentHead(answer: ExperimentAnswer): Markup {
  const { experiment, code, comparison } = answer;
  return html`<p class="lead"><b>${codeWords(code)}</b></p>
    ${experiment === null ? null : runningPart(experiment, answer.effective_share)}
    ${comparison === null ? null : tiles(comparison)} ${missingPart(answer)}`;
}

/** Below the chart: the gain and where it comes from. */
export function experimentFigures({ comparison }: ExperimentAnswer): Markup {
  if (comparison === null) return html``;
  return html`<h2>Paired Brier gain</h2>
    ${gainPlot(comparison)} ${symbolTable(comparison)} ${unreadPart(comparison)}`;
}

function runningPart(experiment: RunningExperiment, effectiveShare: number | null): Markup {
  const { mode, share, auto, champion, challenger, started_at: started } = experiment;
  const way =
    mode === "shadow"
      ? "The champion answers, the challenger is scored beside it."
      : `The challenger answers ${percentText(share)} of the steps${effectiveShare === null ? "" : `, in fact ${percentText(effectiveShare)}`}.`;
  return html`<p>
    Champion <code title="${champion}">${shortSha(champion)}</code>, challenger
    <code title="${challenger}">${shortSha(challenger)}</code>, since ${minuteText(started)} UTC. ${way}
    ${auto ? "The rule promotes by itself." : "A person promotes."}
  </p>`;
}

function tiles({ pooled }: Comparison): Markup {
  const { e_value: eValue, log_e: logE, episodes, blocks, needs, mean_gain: gain, lambda } = pooled;
  return html`<div class="tiles">
    ${tile(
      `Evidence e, promotes at ${needs.e_value}`,
      evidenceText(logE),
      eValue >= needs.e_value ? "enough" : logE > 0 ? "for the challenger, not enough" : "none for the challenger",
      episodes,
    )}
    ${tile("Episodes", html`${countText(episodes)} <small>of ${needs.episodes} needed</small>`, counted(blocks, "block"), episodes)}
    ${tile(
      "Mean Brier gain of the challenger",
      gain === null
        ? signedDecimals(null, 4)
        : html`${signedDecimals(gain.value, 4)} <small>${signedIntervalText(gain, 4)}</small>`,
      gain === null ? "below two blocks there is no interval" : gainWords(gain),
      episodes,
    )}
    ${tile("Stake on the next block", signedDecimals(lambda, 2), "λ, chosen from the blocks before", episodes)}
  </div>`;
}

function gainWords({ low, high }: { readonly low: number; readonly high: number }): string {
  if (low > 0) return "the challenger is better";
  return high < 0 ? "the challenger is worse" : "not shown to differ";
}

function missingPart({ missing, gate_reasons: gate, experiment }: ExperimentAnswer): Content {
  if (experiment === null) return null;
  const reasons = [...missing, ...(gate ?? []).map((reason) => `gate: ${reason}`)];
  if (reasons.length === 0) return html`<p>Nothing is missing for a promotion.</p>`;
  return html`<div class="warnings" role="note">
    <h3>Missing for a promotion</h3>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </div>`;
}

function gainPlot({ pooled, symbols }: Comparison): Content {
  const named = [{ name: "all symbols", ...pooled }, ...symbols.map((one) => ({ name: one.symbol, ...one }))];
  const drawn = named.filter(({ mean_gain: gain }) => gain !== null).slice(0, MOST_DRAWN + 1);
  if (drawn.length === 0) return html`<p class="empty">There is no interval yet: it needs two blocks.</p>`;
  const looks = seriesLooks(["all symbols", "a symbol"], (name) => name !== "all symbols");
  return html`<figure class="narrow">
    ${intervalPlot(
      drawn.map(({ name, mean_gain: gain }) => ({
        name,
        figure: gain!,
        look: looks.get(name === "all symbols" ? name : "a symbol")!,
        emphasised: name === "all symbols",
      })),
      {
        id: "gain",
        title: "Mean Brier gain of the challenger",
        axisLabel: "Brier gain with 95 % interval; right of 0 the challenger is better",
        reference: { at: 0, label: "no difference" },
        digits: 4,
      },
    )}
    <figcaption>
      ${counted(pooled.episodes, "episode")}, ${counted(pooled.blocks, "block")}.
      ${drawn.length < named.length ? `${drawn.length - 1} of ${counted(symbols.length, "symbol")} drawn.` : ""}
    </figcaption>
  </figure>`;
}

function symbolTable({ symbols }: Comparison): Markup {
  return table({
    caption: "By symbol, on the blocks that both models scored in full.",
    columns: [
      { head: "Symbol" },
      ...["Episodes", "Blocks", "Evidence e", "Brier gain", "Answered by the challenger"].map((head) => ({
        head,
        numeric: true,
      })),
      { head: "Missing", sentences: true },
    ],
    rows: symbols.map(({ symbol, episodes, blocks, log_e: logE, mean_gain: gain, answered, missing }) => {
      const steps = answered.champion + answered.challenger;
      return [
        symbol,
        countText(episodes),
        countText(blocks),
        evidenceText(logE),
        stacked(signedDecimals(gain?.value ?? null, 4), gain === null ? null : signedIntervalText(gain, 4)),
        stacked(
          steps === 0 ? "–" : percentText(answered.challenger / steps),
          `${countText(answered.challenger)} of ${countText(steps)}`,
        ),
        missing.join("; "),
      ];
    }),
    nothing: "No symbol has been compared.",
  });
}

function unreadPart({ unanswered, other_pair: other }: Comparison): Content {
  const parts = [
    unanswered.length === 0 ? null : html`<li>did not answer: ${unanswered.join(", ")}</li>`,
    other.length === 0 ? null : html`<li>compare another pair of models: ${other.join(", ")}</li>`,
  ];
  if (parts.every((part) => part === null)) return null;
  return html`<div class="warnings" role="note">
    <h3>Symbols that are not in these figures</h3>
    <ul>
      ${parts}
    </ul>
  </div>`;
}

/** The last changes of aliases, experiments, thresholds and feeds, newest first. */
export function changesPart(changes: readonly Change[], withheld: readonly string[]): Markup {
  return html`<h2>Changes</h2>
    ${table({
      caption:
        withheld.length === 0 ? "Newest first." : `Newest first. Shown with ADMIN_TOKEN alone: ${withheld.join("; ")}.`,
      columns: [
        { head: "When (UTC)" },
        { head: "What" },
        { head: "From" },
        { head: "To" },
        { head: "By" },
        { head: "Reason", sentences: true },
      ],
      rows: changes.map(({ at, alias, from, to, by, who, reason, figures }) => [
        minuteText(at),
        alias,
        html`<code title="${from ?? ""}">${isSha(from) ? shortSha(from) : (from ?? "none")}</code>`,
        html`<code title="${to ?? ""}">${isSha(to) ? shortSha(to) : (to ?? "none")}</code>`,
        who === null ? by : `${who} (${by})`,
        stacked(
          html`<span class="wrapped">${reason ?? "–"}</span>`,
          figures === null ? null : `e ${figures.e_value.toPrecision(3)}, ${counted(figures.episodes, "episode")}`,
        ),
      ]),
      nothing: "Nothing has been changed.",
    })}`;
}

function isSha(text: string | null): boolean {
  return text !== null && /^[0-9a-f]{64}$/.test(text);
}
