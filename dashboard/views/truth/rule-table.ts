// Where the alert rules on a symbol stand: the evidence of those that evidence decides, and their stated rate.
import { percentText } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import type { RuleStatusAnswer, SymbolAlertsAnswer } from "../../../src/http/symbol-alerts-schema.ts";
import { formatSignificant, UNKNOWN } from "../../format/number-format.ts";
import type { ReadPart } from "../../gateway/read-part.ts";
import { minuteText } from "../markup/answer-texts.ts";
import { chip, type ChipLook } from "../markup/chip.ts";

const LOOKS: Readonly<Record<RuleStatusAnswer["state"], ChipLook>> = {
  firing: "bad",
  pending: "unsure",
  unknown: "unsure",
  quiet: "good",
  off: "off",
};

export function ruleTable(part: ReadPart<SymbolAlertsAnswer>): Markup {
  return html`<h2>Alert rules</h2>
    ${"missing" in part ? html`<p class="notice">Unknown: ${part.missing}.</p>` : rules(part.value)}`;
}

function rules({ settings, rules: all }: SymbolAlertsAnswer): Content {
  const until = settings.mute_until === null ? "" : ` until ${minuteText(settings.mute_until)} UTC`;
  const isMuted = settings.mute || settings.mute_until !== null;
  return [
    isMuted ? html`<p class="notice">Muted${until}: no rule of this symbol is judged.</p>` : null,
    table({
      caption:
        "A rule on live quality fires when its evidence reaches its limit. The limit keeps false alarms to the stated rate, however often one looks. Rules are judged on the gateway's own grid.",
      columns: [
        { head: "Rule" },
        { head: "State" },
        { head: "Evidence over its limit", numeric: true },
        { head: "False alarms at most", numeric: true },
        { head: "It says", sentences: true },
      ],
      rows: all.map(({ rule, state, evidence, summary }) => [
        rule,
        chip(LOOKS[state], state),
        ...(evidence === null ? cellsWithout(state) : evidenceCells(evidence)),
        summary,
      ]),
      nothing: "No rule is judged.",
    }),
  ];
}

/** Without evidence a rule is decided by its figure, or nothing is known of it yet. */
function cellsWithout(state: RuleStatusAnswer["state"]): Content[] {
  return state === "unknown" || state === "off" ? [UNKNOWN, UNKNOWN] : ["by its figure", "not stated"];
}

function evidenceCells({
  value,
  limit,
  phase,
  ending,
  rate_per_month: rate,
}: NonNullable<RuleStatusAnswer["evidence"]>) {
  const end =
    phase !== "told" || ending === null
      ? null
      : `its end: ${formatSignificant(ending.value)} of ${formatSignificant(ending.limit)}`;
  return [
    stacked(percentText(value / limit), `${formatSignificant(value)} of ${formatSignificant(limit)}`, end),
    stacked(percentText(rate), "of quiet months"),
  ];
}
