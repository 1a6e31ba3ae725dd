// A symbol's live prediction in figures, and what is to be known before one believes it.
import type { PredictionAnswer } from "../../../src/http/predict-schema.ts";
import { element, setAttribute, setText } from "../../dom/element.ts";
import { formatBps, formatCount, formatPrice, formatProbability, UNKNOWN } from "../../format/number-format.ts";
import { formatDateTime, formatDuration } from "../../format/time-format.ts";
import type { OverviewRow } from "../../gateway/answers.ts";
import { recalibrationSentence } from "../markup/recalibration-sentence.ts";
import { thresholdSource } from "../markup/threshold-source.ts";

export interface PredictionMoment {
  readonly row: OverviewRow | undefined;
  readonly prediction: PredictionAnswer | null;
  /** The last one that was asked for: it has all facts of its step. */
  readonly asked: PredictionAnswer | null;
  readonly nowMs: number;
  /** No connection: whatever is shown is of the past. */
  readonly isLost: boolean;
  /** Why the prediction could not be read anew, though the gateway answers; null when it was. */
  readonly failure: string | null;
}

type ClosedStep = Extract<PredictionAnswer, { ts: number }>;

const TILES = ["Probability", "Expected σ", "Realized", "τ", "Price", "Age"] as const;

export class PredictionPanel {
  /** The figures, for above the charts. */
  readonly tiles: HTMLElement;
  /** What to know before one believes them. */
  readonly notices = element("div", { class: "notices", role: "status" });
  /** Where it comes from, for beside the charts. */
  readonly facts: HTMLElement;
  readonly #figures = new Map<string, { readonly figure: HTMLElement; readonly under: HTMLElement }>();
  readonly #factList = element("dl");
  #noticesShown = "";
  #factsShown = "";

  constructor() {
    const tiles = TILES.map((title) => {
      const figure = element("b", { class: "tile-figure" });
      const under = element("small");
      this.#figures.set(title, { figure, under });
      return element(
        "div",
        { class: `tile tile-${title.replace(/\W/g, "").toLowerCase()}` },
        element("span", { class: "tile-title" }, title),
        figure,
        under,
      );
    });
    this.tiles = element("div", { class: "tiles" }, ...tiles);
    this.facts = element(
      "section",
      { class: "facts panel", "aria-labelledby": "facts-title" },
      element("h2", { id: "facts-title" }, "The prediction"),
      this.#factList,
    );
  }

  show(moment: PredictionMoment): void {
    this.#showTiles(moment);
    this.#showNotices(moment);
    this.#showFacts(closedStep(moment.asked));
  }

  #showTiles({ row, prediction, nowMs, isLost, failure }: PredictionMoment): void {
    const step = closedStep(prediction);
    const why = row === undefined || row.missing.length === 0 ? "Not known" : `Not known: ${row.missing.join("; ")}`;
    const isOld = isLost || failure !== null || step === null || step.stale || step.expired;
    const set = (title: (typeof TILES)[number], text: string, under: string): void => {
      const tile = this.#figures.get(title);
      if (tile === undefined) return;
      setText(tile.figure, text);
      setText(tile.under, under);
      setAttribute(tile.figure, "title", text === UNKNOWN ? why : null);
      tile.figure.classList.toggle("is-past", isOld);
    };
    const alerts = !isOld && step.alert === true;
    set("Probability", formatProbability(step?.probability ?? null), step === null ? "" : probabilityWords(step));
    this.#figures.get("Probability")?.figure.classList.toggle("is-alert", alerts);
    set(
      "Expected σ",
      formatBps(step?.sigma_bps ?? null),
      step === null ? "" : `bps, next ${formatDuration(step.horizon_s * 1000)}${bandWords(step)}`,
    );
    set("Realized", formatBps(row?.rv_60_bps ?? null), "bps, last 60 steps");
    set("τ", formatBps(step?.tau_bps ?? null), "bps: from here on a spike");
    set("Price", formatPrice(row?.price ?? null), "");
    const ts = step?.ts ?? row?.ts ?? null;
    set(
      "Age",
      formatDuration(ts === null ? null : nowMs - ts),
      ts === null ? "" : `step of ${formatDateTime(ts).slice(11)}`,
    );
  }

  #showNotices({ row, prediction, nowMs, isLost, failure }: PredictionMoment): void {
    const step = closedStep(prediction);
    const notices: [string, string][] = [];
    const say = (className: string, text: string): number => notices.push([className, text]);
    if (isLost) say("alarm", "No connection: these figures are of the past.");
    else if (failure !== null) {
      say("alarm", `The prediction could not be read: ${failure.replace(/\.$/, "")}. These figures are of the past.`);
    }
    if (step?.expired === true) {
      say("alarm", "Expired: the horizon of this prediction is over. It says nothing of now, and there is no alert.");
    } else if (step?.stale === true) {
      say(
        "alarm",
        `Stale: the last step closed ${formatDuration(nowMs - step.ts)} ago. Ticks are late or have stopped.`,
      );
    }
    if (row?.state === "unreachable")
      say("alarm", "The symbol's object does not answer: the figures are the last that it gave.");
    if (row?.state === "silent") say("alarm", "Silent: the feed was live and no tick comes any more.");
    const missing = (prediction === null ? row?.missing : prediction.missing) ?? [];
    if (prediction?.probability === null && missing.length > 0) {
      say("", `${prediction.warming_up ? "Warming up" : "No prediction"}. Missing: ${missing.join("; ")}.`);
    }
    if (step?.model?.evidence === "simulated") {
      say(
        "toy",
        "A toy model: it was trained on a simulated market. Its probabilities show that the system works, and nothing of this market.",
      );
    }
    if (step?.stand_in === true)
      say("", "A stand-in serves: not the model that the registry names. Operations says why.");
    const warm = step?.warm ?? null;
    if (warm !== null) {
      say(
        "",
        `It began with ${formatCount(warm.steps)} steps of the past from ${sourceWords(warm.source)}: they were not seen live and are not counted for its quality.`,
      );
    }
    const key = JSON.stringify(notices.map(([className, text]) => [className, text.replace(/closed .* ago/, "")]));
    if (key === this.#noticesShown) return;
    this.#noticesShown = key;
    this.notices.replaceChildren(
      ...notices.map(([className, text]) => element("p", { class: `notice ${className}`.trim() }, text)),
    );
  }

  #showFacts(step: ClosedStep | null): void {
    const facts: [string, string][] = [];
    if (step !== null) {
      const { model } = step;
      facts.push(["Step", formatDateTime(step.ts)]);
      facts.push(["Horizon", formatDuration(step.horizon_s * 1000)]);
      facts.push(["Model's own", formatProbability(step.probability_raw)]);
      facts.push(["Recalibration", recalibrationSentence(step.recalibration)]);
      facts.push(["Threshold", thresholdWords(step)]);
      facts.push(["Quantiles of σ", quantileWords(step)]);
      facts.push(["Model", model === null ? UNKNOWN : `${model.name} ${model.version}`]);
      facts.push(["Evidence", model === null ? UNKNOWN : model.evidence]);
      facts.push(["Variant", step.variant]);
      facts.push(["Artifact", model === null ? UNKNOWN : model.sha256.slice(0, 16)]);
      facts.push(["Prediction", step.prediction_id ?? UNKNOWN]);
      const baselines = Object.entries(step.baselines).filter(([name]) => name !== "reference");
      facts.push(["Baselines", baselines.map(([name, value]) => `${name} ${formatProbability(value)}`).join(", ")]);
    }
    const key = JSON.stringify(facts);
    if (key === this.#factsShown) return;
    this.#factsShown = key;
    const code = new Set(["Artifact", "Prediction"]);
    this.#factList.replaceChildren(
      ...(facts.length === 0
        ? [element("dt", {}, "Step"), element("dd", {}, "none closed yet")]
        : facts.flatMap(([name, text]) => [
            element("dt", {}, name),
            element("dd", {}, code.has(name) ? element("code", {}, text) : text),
          ])),
    );
  }
}

/** From where on it alerts, and the model's own probability where that is another one. */
function probabilityWords({ probability, probability_raw: raw, threshold }: ClosedStep): string {
  const alert = threshold === null ? "" : `alert from ${formatProbability(threshold)} on`;
  const own = raw === null || raw === probability ? "" : `the model's own ${formatProbability(raw)}`;
  return [alert, own].filter((words) => words !== "").join("; ");
}

function thresholdWords({ threshold, threshold_source: source, goal }: ClosedStep): string {
  if (threshold === null || source === null) return UNKNOWN;
  return `${formatProbability(threshold)}, ${thresholdSource(source)}${goal === null ? "" : `, for ${goal}`}`;
}

/** Between which volatilities 80 % of the horizons lie. */
function bandWords({ sigma_quantiles_bps: quantiles }: ClosedStep): string {
  return quantiles === null ? "" : `; 80 %: ${formatBps(quantiles["0.1"])} to ${formatBps(quantiles["0.9"])}`;
}

function quantileWords({ sigma_quantiles_bps: quantiles, sigma_quantiles_missing: missing }: ClosedStep): string {
  if (quantiles === null) return missing === undefined ? UNKNOWN : `not known: ${missing}`;
  return Object.entries(quantiles)
    .map(([level, bps]) => `${100 * Number(level)} %: ${formatBps(bps)}`)
    .join(", ");
}

/** A prediction of a closed step; null without one. */
function closedStep(prediction: PredictionAnswer | null): ClosedStep | null {
  return prediction !== null && "ts" in prediction ? prediction : null;
}

function sourceWords(source: string): string {
  if (source === "archive") return "the archive";
  return source === "ticks" ? "ticks that were sent as history" : `the venue ${source}`;
}
