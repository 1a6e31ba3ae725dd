// The view `experiment`: whether the challenger is better, what is missing, and the buttons that act on it.
import { html } from "../../../report/html.ts";
import type { OpenView } from "../../app/view.ts";
import { element } from "../../dom/element.ts";
import { showMarkup } from "../../dom/show-markup.ts";
import { AnswerPanel } from "../answer/answer-panel.ts";
import { ChangeActions } from "./change-actions.ts";
import { EvidenceChart } from "./evidence-chart.ts";
import type { ExperimentAnswer } from "./experiment-answer.ts";
import { changesTable } from "../markup/changes-table.ts";
import { championWatches } from "./champion-watches.ts";
import { experimentFigures, experimentHead } from "./experiment-page.ts";

/** A block takes 900 steps; a change is made by hand. */
const EVERY_MS = 15_000;

export const openExperimentView: OpenView = (context) => {
  let route = context.route.value;
  let chart: EvidenceChart | null = null;
  const [head, place, figures, changes] = [element("div"), element("div"), element("div"), element("div")];
  const actions = new ChangeActions(
    context,
    () => route.state["grid"],
    () => panel.askNow(),
  );
  const panel = new AnswerPanel<ExperimentAnswer>(
    {
      context,
      everyMs: EVERY_MS,
      read: (signal) => context.gateway.getAsAdmin("/experiment", { grid: route.state["grid"] }, signal),
      show: (answer) => {
        showMarkup(head, experimentHead(answer));
        showMarkup(figures, html`${experimentFigures(answer)} ${championWatches(answer)}`);
        showMarkup(
          changes,
          html`<h2>Changes</h2>
            ${changesTable(answer.changes, answer.withheld)}`,
        );
        actions.show(answer);
        showChart(answer);
      },
    },
    head,
    place,
    figures,
    actions.element,
    changes,
  );
  /** There is a chart while two models are compared. */
  function showChart({ comparison }: ExperimentAnswer): void {
    if (comparison === null || comparison.pooled.path.length === 0) {
      chart?.close();
      chart = null;
      place.replaceChildren();
      return;
    }
    if (chart === null) {
      chart = new EvidenceChart(context, comparison.pooled.needs.e_value);
      place.replaceChildren(element("h2", {}, "Evidence over blocks"), chart.element);
    }
    chart.show(comparison);
  }
  return {
    title: "Experiment",
    element: element(
      "section",
      { class: "figures-view" },
      element("h1", {}, "Experiment"),
      element("p", { class: "muted" }, "Whether the challenger is shown better than the champion."),
      panel.element,
    ),
    routeChanged(next) {
      const isOtherGrid = next.state["grid"] !== route.state["grid"];
      route = next;
      if (!isOtherGrid) return;
      // The buttons would change the champion of this grid, and say what is known of the other one.
      actions.show(null);
      panel.askAnew();
    },
    close() {
      panel.close();
      chart?.close();
    },
  };
};
