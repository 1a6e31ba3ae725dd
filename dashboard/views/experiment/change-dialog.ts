// Asks who changes the champion and why, says what will happen, and does it when it is confirmed. What the gateway
// refuses is shown in its words, and nothing is closed: the operator may mend it.
import { element, setText } from "../../dom/element.ts";
import { GatewayRefusal } from "../../gateway/gateway-refusal.ts";

interface ChangeRequest {
  readonly by: string;
  readonly reason: string;
  readonly force?: true;
  /** What the reader was shown: another one must not be meant. */
  readonly sha256?: string;
}

export interface ChangeDialogOptions {
  readonly title: string;
  /** The word on the button that does it. */
  readonly verb: string;
  /** What it will do, one sentence each; asked for when the dialog opens. */
  readonly effects: () => readonly string[];
  /** Which artifact it is about, when the dialog opens; `null` where that is not known. */
  readonly meant: () => string | null;
  /** What forcing overrules; `null` where nothing can be forced. */
  readonly forceWords: string | null;
  /** Does it. Resolves to what was done, in a sentence. */
  readonly send: (request: ChangeRequest) => Promise<string>;
  readonly onDone: (words: string) => void;
}

/** Characters of a name or a reason at most, as the gateway takes them. */
const MOST_TEXT = 200;
/** A reason to force is a sentence, not a word. */
const LEAST_FORCE_REASON = 15;

let dialogs = 0;

export class ChangeDialog {
  readonly element: HTMLDialogElement;
  readonly #options: ChangeDialogOptions;
  readonly #effects = element("ul");
  readonly #by: HTMLInputElement;
  readonly #reason: HTMLInputElement;
  readonly #force: HTMLInputElement;
  readonly #error = element("p", { class: "notice alarm", role: "alert", hidden: true });
  readonly #hint = element("p", { class: "hint" });
  readonly #confirm: HTMLButtonElement;
  #isSending = false;
  #meant: string | null = null;

  constructor(options: ChangeDialogOptions) {
    this.#options = options;
    const id = `change-${(dialogs += 1)}`;
    const textField = { type: "text", required: true, maxlength: MOST_TEXT, autocomplete: "off" };
    this.#by = element("input", { ...textField, id: `${id}-by` });
    this.#reason = element("input", { ...textField, id: `${id}-reason` });
    this.#force = element("input", { type: "checkbox", id: `${id}-force` });
    this.#confirm = element("button", { type: "submit", class: "primary" }, options.verb);
    const cancel = element("button", { type: "button" }, "Cancel");
    cancel.addEventListener("click", () => this.element.close());
    const force = element(
      "p",
      { class: "force", hidden: options.forceWords === null },
      this.#force,
      element("label", { for: `${id}-force` }, `Force it: ${options.forceWords ?? ""}`),
    );
    const form = element(
      "form",
      {},
      element("h2", { id: `${id}-title` }, options.title),
      this.#effects,
      element("p", {}, element("label", { for: `${id}-by` }, "Who you are"), this.#by),
      element("p", {}, element("label", { for: `${id}-reason` }, "Why"), this.#reason),
      force,
      this.#hint,
      this.#error,
      element("p", { class: "buttons" }, cancel, this.#confirm),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    form.addEventListener("input", () => this.#check());
    this.element = element("dialog", { class: "change", "aria-labelledby": `${id}-title` }, form);
  }

  open(): void {
    this.#meant = this.#options.meant();
    this.#effects.replaceChildren(...this.#options.effects().map((words) => element("li", {}, words)));
    this.#reason.value = "";
    this.#force.checked = false;
    this.#error.hidden = true;
    this.#check();
    this.element.showModal();
    this.#by.focus();
  }

  /** Nothing can be confirmed before it is said who and why. */
  #check(): void {
    const reason = this.#reason.value.trim();
    const isShort = this.#force.checked && reason.length < LEAST_FORCE_REASON;
    const forceHint = ` To force it, say why in at least ${LEAST_FORCE_REASON} characters.`;
    setText(this.#hint, `Both are kept in the history.${isShort ? forceHint : ""}`);
    const isReady = this.#by.value.trim() !== "" && reason !== "" && !isShort;
    this.#confirm.disabled = !isReady || this.#isSending;
    setText(this.#confirm, this.#force.checked ? `${this.#options.verb} by force` : this.#options.verb);
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#check();
    try {
      const words = await this.#options.send({
        by: this.#by.value.trim(),
        reason: this.#reason.value.trim(),
        ...(this.#force.checked ? { force: true } : {}),
        ...(this.#meant === null ? {} : { sha256: this.#meant }),
      });
      this.element.close();
      this.#options.onDone(words);
    } catch (error) {
      const why =
        error instanceof GatewayRefusal
          ? refusalWords(error)
          : "The gateway does not answer: look at Changes whether it was done.";
      setText(this.#error, why);
      this.#error.hidden = false;
    } finally {
      this.#isSending = false;
      this.#check();
    }
  }
}

function refusalWords({ status, code, message }: GatewayRefusal): string {
  if (status === 401) return "The gateway does not take the ADMIN_TOKEN: enter it under “Token” above.";
  return `Not done (${code}): ${message}`;
}
