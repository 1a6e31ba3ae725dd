// When the symbol's models alert, beside its charts.
import type { SymbolThresholdAnswer } from "../../../src/http/symbol-threshold-schema.ts";
import { html, type Markup } from "../../../report/html.ts";
import { element } from "../../dom/element.ts";
import { showMarkup } from "../../dom/show-markup.ts";
import { thresholdPart } from "./threshold-part.ts";

export class ThresholdPanel {
  readonly element: HTMLElement;
  readonly #body = element("div", { class: "answer" });

  constructor() {
    this.element = element(
      "section",
      { class: "threshold panel", "aria-labelledby": "threshold-title" },
      element("h2", { id: "threshold-title" }, "When it alerts"),
      this.#body,
    );
    this.showAsking();
  }

  /** What is shown is no answer to the question of now. */
  showAsking(): void {
    this.#show(html`<p class="muted">Asking …</p>`);
  }

  show(answer: SymbolThresholdAnswer): void {
    this.#show(thresholdPart(answer));
  }

  showFailure(reason: string): void {
    this.#show(html`<p class="muted">Not known: ${reason}</p>`);
  }

  #show(markup: Markup): void {
    showMarkup(this.#body, markup);
  }
}
