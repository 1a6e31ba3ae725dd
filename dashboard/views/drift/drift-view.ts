// The view `drift`: how far a symbol's features are from the champion's training data, over time and in the newest
// window.
import type { OpenView } from "../../app/view.ts";
import { element } from "../../dom/element.ts";
import { showMarkup } from "../../dom/show-markup.ts";
import { type Route, routeWith } from "../../route/route.ts";
import { AnswerPanel } from "../answer/answer-panel.ts";
import { choiceButtons } from "../answer/choice-buttons.ts";
import { symbolSelect } from "../answer/symbol-select.ts";
import type { DriftAnswer, DriftWindow } from "./drift-answer.ts";
import { driftPage } from "./drift-page.ts";

const WINDOWS = [
  { value: "1h", words: "1 h" },
  { value: "24h", words: "24 h" },
] as const;

/** A window closes once an hour. */
const EVERY_MS = 60_000;

export const openDriftView: OpenView = (context) => {
  let route = context.route.value;
  let answer: DriftAnswer | null = null;
  const symbols = symbolSelect(context, null, (symbol) => context.navigate({ ...route, symbol }));
  const windows = choiceButtons<DriftWindow>("Window", WINDOWS, (window) =>
    context.navigate(routeWith(route, { window: window === "1h" ? "" : window })),
  );
  const waiting = element(
    "p",
    { class: "notice", hidden: true },
    "The gateway knows no symbol yet: none has had a tick.",
  );
  const show = (): void => {
    if (answer !== null) showMarkup(panel.content, driftPage(answer, windowOf(route)));
  };
  const panel = new AnswerPanel<DriftAnswer>({
    context,
    everyMs: EVERY_MS,
    read: async (signal) => {
      const { symbol } = route;
      if (symbol === null) throw new Error("no symbol is chosen");
      const path = `/symbols/${encodeURIComponent(symbol)}/drift`;
      return await context.gateway.get<DriftAnswer>(path, { ratios: 1, grid: route.state["grid"] }, signal);
    },
    show: (next) => {
      const isFirst = answer === null;
      answer = next;
      show();
      if (isFirst) showNewest(panel.content);
    },
  });
  /** Drift is of one symbol: without one in the address, the first that is known. */
  const chooseFirst = (): void => {
    const isKnown = context.overview.facts.value !== null;
    const first = [...context.overview.rows.keys()].sort()[0];
    waiting.hidden = route.symbol !== null || !isKnown || first !== undefined;
    panel.element.hidden = route.symbol === null;
    if (route.symbol === null && first !== undefined) context.navigate({ ...route, symbol: first }, { replace: true });
  };
  const showRoute = (): void => {
    symbols.show(route.symbol);
    windows.show(windowOf(route));
  };
  showRoute();
  // Not within the watcher of the route that opens this view: it would be told of the next address before.
  const unwatch = context.overview.changes.watch(() => queueMicrotask(chooseFirst));
  return {
    title: "Drift",
    element: element(
      "section",
      { class: "figures-view" },
      element("h1", {}, "Drift"),
      element("p", { class: "muted" }, "How far today's inputs are from what the champion was trained on."),
      element("div", { class: "controls" }, symbols.element, windows.element),
      waiting,
      panel.element,
    ),
    routeChanged(next) {
      const isOtherQuestion = next.symbol !== route.symbol || next.state["grid"] !== route.state["grid"];
      route = next;
      showRoute();
      chooseFirst();
      if (isOtherQuestion) {
        answer = null;
        panel.askAnew();
      } else show();
    },
    close() {
      unwatch();
      panel.close();
      symbols.close();
    },
  };
};

function windowOf({ state }: Route): DriftWindow {
  return state["window"] === "24h" ? "24h" : "1h";
}

/** The newest windows are at the right end of the map. */
function showNewest(content: HTMLElement): void {
  const scroll = content.querySelector(".heat-scroll");
  if (scroll !== null) scroll.scrollLeft = scroll.scrollWidth;
}
