// A part of a view that shows one answer of the gateway, asked for again and again: how old it is, and why it could not
// be read. An answer that grows old stays to be seen and is called old.
import type { ViewContext } from "../../app/view.ts";
import { element, setText } from "../../dom/element.ts";
import { formatDuration, formatTime } from "../../format/time-format.ts";
import { GatewayRefusal } from "../../gateway/gateway-refusal.ts";
import { Poll } from "../../gateway/poll.ts";

export interface AnswerPanelOptions<T> {
  readonly context: ViewContext;
  readonly read: (signal: AbortSignal) => Promise<T>;
  /** Shows an answer in the panel's content. */
  readonly show: (answer: T) => void;
  readonly everyMs: number;
}

export class AnswerPanel<T> {
  readonly element: HTMLElement;
  /** Where `show` puts what it shows. */
  readonly content: HTMLElement;
  readonly #status = element("p", { class: "answer-status" });
  readonly #notice = element("p", { class: "notice alarm", role: "status", hidden: true });
  readonly #context: ViewContext;
  readonly #poll: Poll<T>;
  readonly #unwatch: readonly (() => void)[];
  #readAtMs: number | null = null;

  /** Asks at once. @param content what stands there from the start. */
  constructor(options: AnswerPanelOptions<T>, ...content: readonly Node[]) {
    const { context } = options;
    this.#context = context;
    this.content = element("div", { class: "answer" });
    this.content.append(...content);
    this.element = element("div", {}, this.#status, this.#notice, this.content);
    this.#poll = new Poll<T>({
      read: options.read,
      everyMs: () => context.pollMs ?? options.everyMs,
      onAnswer: (answer) => this.#show(() => options.show(answer)),
      onFailure: (error) => this.#fail(error instanceof GatewayRefusal ? error.message : "the gateway does not answer"),
    });
    const again = context.tokens.changes;
    let changes = again.value;
    this.#unwatch = [
      context.seconds.watch(() => this.#showAge()),
      again.watch((now) => {
        if (now !== changes) this.#poll.now();
        changes = now;
      }),
    ];
    this.#showAge();
  }

  /** Asks now, because something was done. What is shown stays valid until the answer comes. */
  askNow(): void {
    this.#poll.now();
  }

  /** Asks now, because the question is another one: what is shown is no answer to it. */
  askAnew(): void {
    this.#readAtMs = null;
    this.#setOld(true);
    this.#poll.now();
    this.#showAge();
  }

  close(): void {
    this.#poll.close();
    for (const unwatch of this.#unwatch) unwatch();
  }

  /** A fault of this page must not look like one of the gateway. */
  #show(show: () => void): void {
    try {
      show();
      this.#readAtMs = this.#context.clock.nowMs();
      this.#notice.hidden = true;
      this.#setOld(false);
      this.#showAge();
    } catch (error) {
      this.#fail(`this page does not understand the gateway's answer (${String(error)})`);
    }
  }

  #setOld(old: boolean): void {
    this.content.classList.toggle("is-old", old);
    this.content.setAttribute("aria-busy", String(old && this.#readAtMs === null));
  }

  #showAge(): void {
    const at = this.#readAtMs;
    if (at === null) setText(this.#status, this.#notice.hidden ? "Reading …" : "");
    else {
      const age = formatDuration(this.#context.clock.nowMs() - at);
      setText(this.#status, `Read at ${formatTime(at)} UTC, ${age} ago`);
    }
  }

  #fail(why: string): void {
    const old = this.#readAtMs === null ? "" : ` What you see was read at ${formatTime(this.#readAtMs)} UTC.`;
    setText(this.#notice, `This could not be read: ${why.replace(/\.$/, "")}.${old}`);
    this.#notice.hidden = false;
    this.#setOld(true);
    this.content.setAttribute("aria-busy", "false");
    this.#showAge();
  }
}
