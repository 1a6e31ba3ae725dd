// The two buttons that change the champion: promote the challenger, and roll the last change back.
import type { InferOutput } from "valibot";
import type { promoteContract } from "../../../src/http/experiment-schema.ts";
import type { rollbackSchema } from "../../../src/http/aliases-schema.ts";
import type { ViewContext } from "../../app/view.ts";
import { element, setText } from "../../dom/element.ts";
import { ChangeDialog } from "./change-dialog.ts";
import { minuteText, shortSha } from "../markup/answer-texts.ts";
import { type Change, codeWords, evidenceText, type ExperimentAnswer } from "./experiment-answer.ts";

type Promoted = InferOutput<typeof promoteContract.answer.schema>;
type RolledBack = InferOutput<typeof rollbackSchema>;

export class ChangeActions {
  readonly element: HTMLElement;
  readonly #promote = element("button", { type: "button" }, "Promote the challenger …");
  readonly #rollBack = element("button", { type: "button" }, "Roll back …");
  readonly #words = element("p", { class: "muted", id: "change-words" });
  readonly #done = element("p", { class: "notice", role: "status", hidden: true });
  #answer: ExperimentAnswer | null = null;

  /** @param grid the grid whose champion is changed; @param onDone asks for the experiment again. */
  constructor({ gateway }: ViewContext, grid: () => string | undefined, onDone: () => void) {
    const done = (words: string): void => {
      setText(this.#done, words);
      this.#done.hidden = false;
      onDone();
    };
    const promotion = new ChangeDialog({
      title: "Promote the challenger",
      verb: "Promote",
      effects: () => this.#promotionEffects(grid()),
      meant: () => this.#answer?.experiment?.challenger ?? null,
      forceWords: "the challenger becomes champion although it is not shown better, or against its own gate.",
      send: async (request) => {
        const made = await gateway.post<Promoted>("/admin/experiment/promote", request, { grid: grid() });
        return `Champion is now ${shortSha(made.sha256)}${made.forced ? ", by force" : ""}. ${servingWords(made.serving)}`;
      },
      onDone: done,
    });
    const rollback = new ChangeDialog({
      title: "Roll back the champion",
      verb: "Roll back",
      effects: () => this.#rollbackEffects(grid()),
      // A bundled champion has no name in the changes.
      meant: () => this.#answer?.changes.find(({ alias }) => alias === "champion")?.to ?? null,
      forceWords: null,
      send: async (request) => {
        const made = await gateway.post<RolledBack>("/admin/rollback", request, { grid: grid() });
        return `Champion is again ${made.name} ${made.version} (${shortSha(made.sha256)}). ${servingWords(made.serving)}`;
      },
      onDone: done,
    });
    this.#promote.addEventListener("click", () => promotion.open());
    this.#rollBack.addEventListener("click", () => rollback.open());
    for (const button of [this.#promote, this.#rollBack]) button.setAttribute("aria-describedby", "change-words");
    this.element = element(
      "section",
      { class: "panel actions", "aria-labelledby": "actions-title" },
      element("h2", { id: "actions-title" }, "Change the champion"),
      element("p", { class: "buttons" }, this.#promote, this.#rollBack),
      this.#words,
      this.#done,
      promotion.element,
      rollback.element,
    );
    this.#show();
  }

  /** @param answer null while nothing is known of the grid whose champion the buttons change. */
  show(answer: ExperimentAnswer | null): void {
    this.#answer = answer;
    this.#show();
  }

  #show(): void {
    const answer = this.#answer;
    // The gateway withholds nothing from who may change something.
    const mayChange = answer !== null && answer.withheld.length === 0;
    const hasChallenger = answer !== null && answer.experiment !== null;
    this.#promote.disabled = !mayChange || !hasChallenger;
    this.#rollBack.disabled = !mayChange;
    setText(this.#words, actionWords(answer, mayChange, hasChallenger));
  }

  #promotionEffects(grid: string | undefined): string[] {
    const { experiment, code, comparison } = this.#answer ?? {};
    if (experiment === undefined || experiment === null) return ["There is no challenger."];
    const pooled = comparison?.pooled;
    return [
      `${shortSha(experiment.challenger)} becomes champion in place of ${shortSha(experiment.champion)}${gridWords(grid)}: every isolate answers with it within 10 s.`,
      "The experiment ends. A rollback brings the champion of now back.",
      ...(pooled === undefined
        ? []
        : [
            `Evidence: e ${evidenceText(pooled.log_e)} of ${pooled.needs.e_value}, ${pooled.episodes} of ${pooled.needs.episodes} episodes.`,
          ]),
      ...(code === undefined || code === "promote"
        ? []
        : [`${codeWords(code)} The gateway may refuse, unless it is forced.`]),
    ];
  }

  #rollbackEffects(grid: string | undefined): string[] {
    const last = this.#answer?.changes.find(({ alias }) => alias === "champion");
    return [
      `The newest change of the champion that is not undone yet is undone${gridWords(grid)}, with the aliases that came with it.`,
      last === undefined
        ? "No change of the champion is among those shown."
        : `The newest one shown: ${changeWords(last)}`,
    ];
  }
}

function actionWords(answer: ExperimentAnswer | null, mayChange: boolean, hasChallenger: boolean): string {
  if (answer === null) return "";
  if (!mayChange) return "For whoever has the ADMIN_TOKEN: enter it under “Token” above.";
  return hasChallenger ? "You are asked who you are, and why." : "There is no challenger to promote.";
}

function changeWords({ at, from, to, by, who }: Change): string {
  return `${minuteText(at)} UTC, from ${shortSha(from)} to ${shortSha(to)}, by ${who ?? by}.`;
}

function servingWords(serving: boolean): string {
  return serving ? "It serves; all isolates follow within 10 s." : "It loads; all isolates follow within 10 s.";
}

function gridWords(grid: string | undefined): string {
  return grid === undefined ? "" : ` on the grid ${grid}`;
}
