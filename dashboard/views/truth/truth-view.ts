// The view `truth`: how good the models are, on one symbol or on all, over an hour, a day or thirty days.
import type { SymbolAlertsAnswer } from "../../../src/http/symbol-alerts-schema.ts";
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import type { OpenView } from "../../app/view.ts";
import { element } from "../../dom/element.ts";
import { showMarkup } from "../../dom/show-markup.ts";
import { type Route, routeWith } from "../../route/route.ts";
import { AnswerPanel } from "../answer/answer-panel.ts";
import { choiceButtons } from "../answer/choice-buttons.ts";
import { symbolSelect } from "../answer/symbol-select.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { readPart } from "../../gateway/read-part.ts";
import type { QualityAnswer, SymbolParts } from "./quality-answer.ts";
import { truthPage } from "./truth-page.ts";

const WINDOWS = [
  { value: "1h", words: "1 h" },
  { value: "24h", words: "24 h" },
  { value: "30d", words: "30 d" },
] as const;
type WindowName = (typeof WINDOWS)[number]["value"];

/** Figures change with each label; to compute them costs the gateway more than an overview does. */
const EVERY_MS = 20_000;

export const openTruthView: OpenView = (context) => {
  let route = context.route.value;
  const symbols = symbolSelect(context, "All symbols", (symbol) => context.navigate({ ...route, symbol }));
  const windows = choiceButtons<WindowName>("Window", WINDOWS, (window) =>
    context.navigate(routeWith(route, { window: window === "24h" ? "" : window })),
  );
  const panel = new AnswerPanel<TruthAnswer>({
    context,
    everyMs: EVERY_MS,
    read: (signal) => readTruth(context.gateway, route, signal),
    show: ({ quality, parts }) => showMarkup(panel.content, truthPage(quality, parts)),
  });
  const showRoute = (): void => {
    symbols.show(route.symbol);
    windows.show(windowOf(route));
  };
  showRoute();
  return {
    title: "Truth",
    element: element(
      "section",
      { class: "figures-view" },
      element("h1", {}, "Truth"),
      element("p", { class: "muted" }, "What the models promised, and what came of it."),
      element("div", { class: "controls" }, symbols.element, windows.element),
      panel.element,
    ),
    routeChanged(next) {
      route = next;
      showRoute();
      panel.askAnew();
    },
    close() {
      panel.close();
      symbols.close();
    },
  };
};

interface TruthAnswer {
  readonly quality: QualityAnswer;
  readonly parts: SymbolParts | null;
}

/** Without the figures of quality there is no page; the other parts may be missing. */
async function readTruth(gateway: Gateway, route: Route, signal: AbortSignal): Promise<TruthAnswer> {
  const { symbol } = route;
  const grid = route.state["grid"];
  const query = { window: windowOf(route), curves: 1, grid };
  if (symbol === null) return { quality: await gateway.get("/quality", query, signal), parts: null };
  const path = `/symbols/${encodeURIComponent(symbol)}`;
  const [quality, threshold, alerts] = await Promise.all([
    gateway.get<QualityAnswer>(`${path}/quality`, query, signal),
    readPart(gateway.get<SymbolThresholdAnswer>(`${path}/threshold`, { grid }, signal)),
    readPart(gateway.get<SymbolAlertsAnswer>(`${path}/alerts`, {}, signal)),
  ]);
  return { quality, parts: { threshold, alerts } };
}

function windowOf({ state }: Route): WindowName {
  return WINDOWS.find(({ value }) => value === state["window"])?.value ?? "24h";
}
