// What the view of the experiment shows of the champion's watches: how its predecessor and the strongest baseline do.
import { countText, counted } from "../../../report/figure-text.ts";
import { type Content, html, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { minuteText, shortSha } from "../markup/answer-texts.ts";
import { evidenceText, type ExperimentAnswer } from "./experiment-answer.ts";

type Watch = ExperimentAnswer["watches"][number];

const CODES: Readonly<Record<Watch["code"], string>> = {
  watching: "not decided",
  worse: "the champion is shown worse",
  kept: "the champion is shown better",
  over: "not shown to differ within the watch",
};

/** Whether the champion is worse than what it replaced, or than a baseline. */
export function championWatches({ watches, demotion }: ExperimentAnswer): Markup {
  const then = demotion === "auto" ? "it is replaced by itself" : "the operator is told, and nothing else happens";
  return html`<h2>Is the champion worse?</h2>
    ${table({
      caption: html`Where it is shown worse, ${then} (<code>DEMOTION</code>).`,
      columns: [
        { head: "Compared with" },
        { head: "Evidence e for that model", numeric: true },
        { head: "Evidence e for the champion", numeric: true },
        { head: "Episodes", numeric: true },
        { head: "Since" },
        { head: "It says", sentences: true },
      ],
      rows: watches.map(row),
      nothing: "It was not looked at yet. The cron trigger looks each quarter of an hour.",
    })}`;
}

function row({ guard, rival, worse, better, started_at: since, code, look }: Watch): Content[] {
  return [
    stacked(guard === "predecessor" ? "its predecessor" : "the strongest baseline", shortSha(rival)),
    stacked(evidenceText(worse.log_e), `of ${worse.needs.e_value} needed`),
    stacked(evidenceText(better.log_e), `of ${better.needs.e_value} needed`),
    stacked(countText(worse.episodes), counted(worse.blocks, "block")),
    stacked(minuteText(since), look > 1 ? `look ${look}` : null),
    CODES[code],
  ];
}
