// The view `operations`: what an operator looks at when an alert woke him.
import type { OpenView } from "../../app/view.ts";
import { element } from "../../dom/element.ts";
import { showMarkup } from "../../dom/show-markup.ts";
import { AnswerPanel } from "../answer/answer-panel.ts";
import type { Operations } from "./operations-answer.ts";
import { operationsPage } from "./operations-page.ts";

/** An isolate keeps the answer for some seconds; asking more often brings nothing new. */
const EVERY_MS = 10_000;

export const openOperationsView: OpenView = (context) => {
  let route = context.route.value;
  const panel = new AnswerPanel<Operations>({
    context,
    everyMs: EVERY_MS,
    read: (signal) => context.gateway.getAsAdmin("/operations", { grid: route.state["grid"] }, signal),
    show: (answer) => showMarkup(panel.content, operationsPage(answer)),
  });
  return {
    title: "Operations",
    element: element(
      "section",
      { class: "figures-view" },
      element("h1", {}, "Operations"),
      element("p", { class: "muted" }, "What needs a look, and what everything else does."),
      panel.element,
    ),
    routeChanged(next) {
      const isOtherGrid = next.state["grid"] !== route.state["grid"];
      route = next;
      if (isOtherGrid) panel.askAnew();
    },
    close: () => panel.close(),
  };
};
