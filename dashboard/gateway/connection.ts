// Whether the gateway answers: what the banner "connection lost" is made of.
import { Observed } from "../app/observed.ts";

export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /** `sinceMs` is the last answer, by the browser's clock; null when there was none. */
  | { readonly kind: "lost"; readonly sinceMs: number | null; readonly reason: string }
  /** Reads are closed, and the token is missing or wrong. */
  | { readonly kind: "refused"; readonly reason: string };

export class Connection {
  readonly state = new Observed<ConnectionState>({ kind: "connecting" });
  #lastAnswerMs: number | null = null;
  readonly #nowMs: () => number;

  constructor(nowMs = (): number => Date.now()) {
    this.#nowMs = nowMs;
  }

  answered(): void {
    this.#lastAnswerMs = this.#nowMs();
    if (this.state.value.kind !== "connected") this.state.set({ kind: "connected" });
  }

  lost(reason: string): void {
    const { value } = this.state;
    if (value.kind !== "lost" || value.reason !== reason) {
      this.state.set({ kind: "lost", sinceMs: this.#lastAnswerMs, reason });
    }
  }

  refused(reason: string): void {
    this.#lastAnswerMs = this.#nowMs();
    const { value } = this.state;
    if (value.kind !== "refused" || value.reason !== reason) this.state.set({ kind: "refused", reason });
  }
}
