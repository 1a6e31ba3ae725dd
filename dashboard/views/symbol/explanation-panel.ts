// What the prediction rests on: each feature's effect on the log-odds, against the same row with that feature at its
// median in the training data.
import { element, setText } from "../../dom/element.ts";
import { formatSigned, formatSignificant } from "../../format/number-format.ts";
import { formatTime } from "../../format/time-format.ts";
import type { ExplanationAnswer } from "../../gateway/answers.ts";

/** Features that are shown before the reader asks for all. */
const FIRST = 10;

type Feature = ExplanationAnswer["features"][number];

export class ExplanationPanel {
  readonly element: HTMLElement;
  readonly #words = element("p", { class: "muted" });
  readonly #body = element("tbody");
  readonly #more = element("button", { type: "button", class: "quiet", hidden: true });
  #answer: ExplanationAnswer | null = null;
  #isWhole = false;

  constructor() {
    this.#more.addEventListener("click", () => {
      this.#isWhole = !this.#isWhole;
      this.#show();
    });
    const head = ["Feature", "Value", "Median", "Effect"].map((title, i) =>
      element("th", { scope: "col", class: i === 0 ? null : "number" }, title),
    );
    const caption = element("caption", { class: "visually-hidden" }, "Features by their effect on the log-odds");
    this.element = element(
      "section",
      { class: "explanation panel", "aria-labelledby": "explanation-title" },
      element("h2", { id: "explanation-title" }, "What it rests on"),
      this.#words,
      element("table", {}, caption, element("thead", {}, element("tr", {}, ...head)), this.#body),
      this.#more,
    );
    this.showFailure("Asking …");
  }

  /** An answer about the step that is shown already changes nothing. */
  show(answer: ExplanationAnswer): void {
    if (this.#answer !== null && answer.ts === this.#answer.ts) return;
    this.#answer = answer;
    this.#show();
  }

  showFailure(reason: string): void {
    this.#answer = null;
    setText(this.#words, reason);
    this.#body.replaceChildren();
    this.#more.hidden = true;
  }

  #show(): void {
    if (this.#answer === null) return;
    const { features, missing, ts } = this.#answer;
    const reasons = missing.length === 0 ? "" : ` Not known: ${missing.join("; ")}.`;
    setText(
      this.#words,
      `Effect on the log-odds of the model's own probability, against the feature's median in training, at ${formatTime(ts)}.${reasons}`,
    );
    const shown = this.#isWhole ? features : features.slice(0, FIRST);
    const largest = Math.max(0, ...features.map(({ contribution }) => Math.abs(contribution ?? 0)));
    this.#body.replaceChildren(...shown.map((feature) => featureRow(feature, largest)));
    this.#more.hidden = features.length <= FIRST;
    setText(this.#more, this.#isWhole ? `The first ${FIRST}` : `All ${features.length}`);
  }
}

function featureRow({ name, value, reference, contribution }: Feature, largest: number): HTMLElement {
  const bar = element("span", { class: "effect-bar", "aria-hidden": true });
  const share = contribution === null || largest === 0 ? 0 : contribution / largest;
  const fill = element("span", { class: share < 0 ? "lowers" : "raises" });
  fill.style.width = `${Math.abs(share) * 50}%`;
  fill.style.left = `${share < 0 ? 50 - Math.abs(share) * 50 : 50}%`;
  bar.append(fill);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, featureName(name)),
    element("td", { class: "number" }, formatSignificant(value)),
    element("td", { class: "number muted" }, formatSignificant(reference)),
    element("td", { class: "number effect" }, bar, formatSigned(contribution, 2)),
  );
}

/** May break behind an underscore, and nowhere else. */
function featureName(name: string): HTMLElement {
  const parts = name.split(/(?<=_)/);
  return element("code", {}, ...parts.flatMap((part, i) => (i === 0 ? [part] : [element("wbr"), part])));
}
