// What the view of the experiment shows of an answer, as markup: what runs, what is missing for a promotion, the paired
// gain with its interval, and symbol by symbol.
import { countText, counted, percentText, signedDecimals, signedIntervalText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { intervalPlot } from "../../../report/interval-plot.ts";
import { seriesLooks } from "../../../report/series-look.ts";
import { stacked, table } from "../../../report/table.ts";
import { tile } from "../../../report/tile.ts";
import { minuteText, shortSha } from "../markup/answer-texts.ts";
import { missingList } from "../markup/missing-list.ts";
import {
  codeWords,
  type Comparison,
  evidenceText,
  type ExperimentAnswer,
  type RunningExperiment,
} from "./experiment-answer.ts";

/** Symbols with an interval in the plot; the table has all. */
const MOST_DRAWN = 12;

/** Above the chart: what runs, and what it comes to. */
export function experimentHead(answer: ExperimentAnswer): Markup {
  const { experiment, code, comparison } = answer;
  return html`<p class="lead"><b>${codeWords(code)}</b></p>
    ${experiment === null ? null : runningPart(experiment, answer.effective_share)}
    ${comparison === null ? null : [backfilledPart(comparison), tiles(comparison)]} ${missingPart(answer)}`;
}

/** Below the chart: the gain and where it comes from. */
export function experimentFigures({ comparison }: ExperimentAnswer): Markup {
  if (comparison === null) return html``;
  return html`<h2>Paired Brier gain</h2>
    ${gainPlot(comparison)} ${symbolTable(comparison)} ${unreadPart(comparison)}`;
}

function runningPart(experiment: RunningExperiment, effectiveShare: number | null): Markup {
  const { mode, share, auto, champion, challenger, started_at: started, tries } = experiment;
  const way =
    mode === "shadow"
      ? "The champion answers, the challenger is scored beside it."
      : `The challenger answers ${percentText(share)} of the steps${effectiveShare === null ? "" : `, in fact ${percentText(effectiveShare)}`}.`;
  return html`<p>
    Champion <code title="${champion}">${shortSha(champion)}</code>, challenger
    <code title="${challenger}">${shortSha(challenger)}</code>, since ${minuteText(started)} UTC. ${way}
    ${tries > 1 ? `It is comparison ${tries} with this champion, which needs more evidence than the first.` : ""}
    ${auto ? "The rule promotes by itself." : "A person promotes."}
  </p>`;
}

/** Nothing while all blocks are live. */
function backfilledPart({ symbols }: Comparison): Content {
  const parts = symbols.flatMap(({ backfilled }) => backfilled ?? []);
  if (parts.length === 0) return null;
  const blocks = parts.reduce((sum, part) => sum + part.blocks, 0);
  const from = parts.map((part) => part.from).sort()[0]!;
  return html`<p>
    From the archive: ${counted(blocks, "block")} of ${counted(parts.length, "symbol")}, since ${minuteText(from)} UTC.
    The live blocks follow.
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
  return missingList("Missing for a promotion", reasons);
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
        axisLabel: "Brier gain with 95 % interval",
        reference: { at: 0, label: "no difference" },
        digits: 4,
      },
    )}
    <figcaption>
      Right of 0 the challenger is better. ${counted(pooled.episodes, "episode")}, ${counted(pooled.blocks, "block")}.
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
  return missingList("Symbols that are not in these figures", [
    ...(unanswered.length === 0 ? [] : [`did not answer: ${unanswered.join(", ")}`]),
    ...(other.length === 0 ? [] : [`compare another pair of models: ${other.join(", ")}`]),
  ]);
}
