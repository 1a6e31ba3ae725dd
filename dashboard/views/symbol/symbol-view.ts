// The view `symbol`: one symbol's live prediction, its history in charts, and what the prediction rests on.
import type { PredictionAnswer } from "../../../src/http/predict-schema.ts";
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import type { OpenView, View, ViewContext } from "../../app/view.ts";
import { element, setText } from "../../dom/element.ts";
import { stateChip } from "../../dom/state-chip.ts";
import type { ExplanationAnswer, HistoryAnswer } from "../../gateway/answers.ts";
import { GatewayRefusal } from "../../gateway/gateway-refusal.ts";
import { Poll } from "../../gateway/poll.ts";
import type { PredictionEvent } from "../../gateway/stream-events.ts";
import { SymbolStream } from "../../gateway/symbol-stream.ts";
import { formatRoute, type Route, routeTo, routeWith } from "../../route/route.ts";
import { shownState } from "../market/market-rows.ts";
import { ExplanationPanel } from "./explanation-panel.ts";
import { type TimeRange, windowMs } from "./history-window.ts";
import { predictionOfNow } from "./prediction-of-now.ts";
import { PredictionPanel } from "./prediction-panel.ts";
import { RangeBar } from "./range-bar.ts";
import { SymbolCharts } from "./symbol-charts.ts";
import { SymbolHistory } from "./symbol-history.ts";
import { ThresholdPanel } from "./threshold-panel.ts";
import { ToldAlerts } from "./told-alerts.ts";
import { isOfModel, toldPrediction } from "./told-prediction.ts";

/** An explanation costs a run of the model: it may be some steps old, and says of which step it is. */
const EXPLANATION_MS = 5_000;
/** What is told is asked for at this pace: an event has not all facts of a prediction. */
const TOLD_MS = 5_000;
/** A threshold changes after hours at the earliest. */
const THRESHOLD_MS = 30_000;

export const openSymbolView: OpenView = (context) => new SymbolView(context, context.route.value.symbol ?? "");

class SymbolView implements View {
  readonly element: HTMLElement;
  readonly title: string;
  readonly #context: ViewContext;
  readonly #symbol: string;
  readonly #chip = stateChip();
  readonly #alert = element("span", { class: "chip is-alert", hidden: true }, "▲ alert");
  readonly #panel = new PredictionPanel();
  readonly #explanation = new ExplanationPanel();
  readonly #threshold = new ThresholdPanel();
  readonly #alerts = new ToldAlerts();
  readonly #stream: SymbolStream;
  readonly #charts: SymbolCharts;
  readonly #range: RangeBar;
  readonly #nothing = element("p", { class: "notice", role: "status", hidden: true });
  #history: SymbolHistory;
  readonly #predictions: Poll<PredictionAnswer>;
  readonly #polls: readonly Pick<Poll<never>, "now" | "close">[];
  readonly #unwatch: readonly (() => void)[];
  #route: Route;
  #prediction: PredictionAnswer | null = null;
  /** The last one that was told. */
  #told: PredictionEvent | null = null;
  /** Why the prediction could not be read anew; null after an answer. */
  #failure: string | null = null;
  #loaded: HistoryAnswer | null = null;

  constructor(context: ViewContext, symbol: string) {
    this.#context = context;
    this.#symbol = symbol;
    this.#route = context.route.value;
    this.title = symbol;
    const { gateway, overview, connection, seconds, theme, route, tokens } = context;
    this.#charts = new SymbolCharts({ theme, onRange: (range) => this.#history.see(range) });
    this.#range = new RangeBar({
      onWindow: (name) => this.#change({ window: name, to: "" }),
      onShift: (share) => this.#shift(share),
      onZoom: (factor) => this.#zoom(factor),
      onNow: () => this.#now(),
    });
    const links = (["truth", "drift"] as const).map((view) =>
      element(
        "a",
        { href: formatRoute(routeTo(this.#route, view, symbol)) },
        view === "truth" ? "How true it was" : "Drift",
      ),
    );
    this.element = element(
      "section",
      { class: "symbol" },
      element(
        "div",
        { class: "symbol-head" },
        element("h1", {}, symbol),
        this.#chip.element,
        this.#alert,
        element("span", { class: "symbol-links" }, ...links),
      ),
      this.#panel.notices,
      this.#alerts.element,
      this.#panel.tiles,
      element(
        "div",
        { class: "symbol-body" },
        element("div", { class: "symbol-main" }, this.#range.element, this.#nothing, this.#charts.element),
        element(
          "aside",
          { "aria-label": "The prediction and what it rests on" },
          this.#explanation.element,
          this.#panel.facts,
          this.#threshold.element,
        ),
      ),
    );
    const path = `/symbols/${encodeURIComponent(symbol)}`;
    const grid = (): string | undefined => route.value.state["grid"];
    const everyMs = (): number =>
      context.pollMs ?? Math.min(5_000, Math.max(1_000, overview.facts.value?.stepMs ?? 1_000));
    this.#stream = new SymbolStream({
      symbol,
      grid,
      token: () => tokens.get("READ_TOKEN"),
      onPrediction: (event) => this.#tell(event),
      onLabel: (event) => this.#history.tellLabel(event),
      onAlert: (event) => this.#alerts.show(event),
      onMissing: () => this.#askNow(),
    });
    this.#history = this.#openHistory();
    this.#predictions = new Poll<PredictionAnswer>({
      read: (signal) => gateway.get("/predict", { symbol, grid: grid() }, signal),
      onAnswer: (answer) => {
        this.#prediction = answer;
        this.#failure = null;
        this.#showPrediction();
        this.#stream.answered();
      },
      onFailure: (error) => {
        this.#onFailure(error);
        this.#failure = reasonOf(error);
        this.#showPrediction();
      },
      everyMs: () => (this.#stream.isLive.value ? Math.max(context.pollMs ?? TOLD_MS, everyMs()) : everyMs()),
    });
    this.#polls = [
      this.#predictions,
      new Poll<ExplanationAnswer>({
        read: (signal) => gateway.get(`${path}/explanation`, { grid: grid() }, signal),
        onAnswer: (answer) => this.#explanation.show(answer),
        onFailure: (error) => this.#explanation.showFailure(`Not known: ${reasonOf(error)}`),
        everyMs: () => Math.max(context.pollMs ?? EXPLANATION_MS, everyMs()),
      }),
      new Poll<SymbolThresholdAnswer>({
        read: (signal) => gateway.get(`${path}/threshold`, { grid: grid() }, signal),
        onAnswer: (answer) => this.#threshold.show(answer),
        onFailure: (error) => this.#threshold.showFailure(reasonOf(error)),
        everyMs: () => Math.max(context.pollMs ?? THRESHOLD_MS, everyMs()),
      }),
    ];
    this.#unwatch = [
      overview.changes.watch(() => this.#showRow()),
      connection.state.watch(() => this.#showPrediction()),
      seconds.watch(() => this.#showPrediction()),
    ];
  }

  routeChanged(route: Route): void {
    const before = this.#route.state;
    this.#route = route;
    const { grid, window, to } = route.state;
    if (grid !== before["grid"]) {
      // Another question: what is shown is no answer to it.
      this.#prediction = null;
      this.#told = null;
      this.#failure = null;
      this.#loaded = null;
      this.#stream.restart();
      this.#threshold.showAsking();
      this.#history.close();
      this.#history = this.#openHistory();
      this.#showPrediction();
      for (const poll of this.#polls) poll.now();
      return;
    }
    if (window === before["window"] && to === before["to"]) return;
    const stepMs = this.#loaded?.step_ms ?? 1_000;
    const widthMs = windowMs(window, stepMs);
    const endMs = parseTime(to);
    if (endMs === null) this.#history.seeNow(widthMs);
    else if (endMs !== this.#history.seen?.toMs) this.#history.see({ fromMs: endMs - widthMs, toMs: endMs });
  }

  close(): void {
    for (const unwatch of this.#unwatch) unwatch();
    for (const poll of this.#polls) poll.close();
    this.#stream.close();
    this.#history.close();
    this.#charts.close();
  }

  #openHistory(): SymbolHistory {
    return new SymbolHistory(this.#context, {
      symbol: this.#symbol,
      widthMs: (stepMs) => windowMs(this.#route.state["window"], stepMs),
      endMs: parseTime(this.#route.state["to"]),
      isTold: () => this.#stream.isLive.value,
      onChange: (history, seen) => this.#showHistory(history, seen),
      onSeen: (seen) => {
        this.#charts.setRange(seen);
        this.#showRange(seen);
      },
      onFailure: (error) => this.#onFailure(error),
    });
  }

  #askNow(): void {
    this.#predictions.now();
    this.#history.askNow();
  }

  #tell(event: PredictionEvent): void {
    const isKnown = isOfModel(this.#prediction, event);
    this.#told = event;
    this.#failure = null;
    this.#history.tell(event, this.#context.overview.rows.get(this.#symbol));
    // Another model answers, or the first prediction came: its facts are asked for.
    if (!isKnown) this.#predictions.now();
    this.#showPrediction();
  }

  /** The row says something new; it also shows whether the stream tells what it should. */
  #showRow(): void {
    const { overview, clock } = this.#context;
    const row = overview.rows.get(this.#symbol);
    if (row !== undefined) {
      this.#history.tellRow(row);
      if (row.ts !== null && row.probability !== null) {
        this.#stream.judge(row.ts, overview.facts.value?.stepMs ?? 1_000, clock.nowMs());
      }
    }
    this.#showPrediction();
  }

  #showHistory(history: HistoryAnswer, seen: TimeRange): void {
    this.#loaded = history;
    const isEmpty = history.columns.ts.length === 0;
    this.#nothing.hidden = !isEmpty;
    this.#charts.element.hidden = isEmpty;
    if (isEmpty) {
      setText(this.#nothing, "No closed step is kept yet. Charts begin with the first one.");
      return;
    }
    this.#charts.show(history, seen);
    this.#showRange(seen);
  }

  #showRange(seen: TimeRange): void {
    if (this.#loaded !== null) {
      this.#range.show(seen, this.#history.isNow, this.#loaded.step_ms, this.#loaded.every_ms);
    }
  }

  #showPrediction(): void {
    const { overview, clock, connection } = this.#context;
    const row = overview.rows.get(this.#symbol);
    const nowMs = clock.nowMs();
    const isLost = connection.state.value.kind !== "connected";
    const told = this.#told && { event: this.#told, stepMs: overview.facts.value?.stepMs ?? 1_000, nowMs };
    const prediction = predictionOfNow(toldPrediction(this.#prediction, told), nowMs);
    const failure = prediction === null ? null : this.#failure;
    if (row !== undefined) this.#chip.show(shownState(row, nowMs), row.missing, isLost);
    this.#chip.element.hidden = row === undefined;
    this.#alert.hidden =
      isLost ||
      failure !== null ||
      prediction === null ||
      !("alert" in prediction) ||
      prediction.alert !== true ||
      prediction.stale;
    this.#panel.show({ row, prediction, asked: this.#prediction, nowMs, isLost, failure });
  }

  #onFailure(error: unknown): void {
    if (error instanceof GatewayRefusal && this.#prediction === null) {
      this.#nothing.hidden = false;
      setText(this.#nothing, error.message);
    }
  }

  #change(changes: Record<string, string>): void {
    this.#context.navigate(routeWith(this.#route, changes), { replace: true });
  }

  #now(): void {
    if (this.#route.state["to"] === undefined || this.#route.state["to"] === "") {
      this.#history.seeNow(windowMs(this.#route.state["window"], this.#loaded?.step_ms ?? 1_000));
    } else this.#change({ to: "" });
  }

  #shift(share: number): void {
    const { seen } = this.#history;
    if (seen === null) return;
    const byMs = (seen.toMs - seen.fromMs) * share;
    this.#history.see({ fromMs: seen.fromMs + byMs, toMs: seen.toMs + byMs });
  }

  #zoom(factor: number): void {
    const { seen } = this.#history;
    if (seen === null) return;
    const widthMs = (seen.toMs - seen.fromMs) * factor;
    // At the newest step the right edge stays, else the middle.
    const toMs = this.#history.isNow ? seen.toMs : (seen.fromMs + seen.toMs + widthMs) / 2;
    this.#history.see({ fromMs: toMs - widthMs, toMs });
  }
}

function parseTime(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
