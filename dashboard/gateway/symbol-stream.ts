// What the gateway tells of one symbol: predictions as they are made, labels as they resolve, alerts.
import { pathWith } from "./gateway.ts";
import { LiveLine, type LiveLineOptions } from "./live-line.ts";
import type { AlertEvent, LabelEvent, PredictionEvent, StreamEvent } from "./stream-events.ts";

export interface SymbolStreamOptions extends Pick<LiveLineOptions, "token" | "open"> {
  readonly symbol: string;
  readonly grid: () => string | undefined;
  readonly onPrediction: (event: PredictionEvent) => void;
  readonly onLabel: (event: LabelEvent) => void;
  readonly onAlert: (event: AlertEvent) => void;
  /** Something was not told, or will not be: it is to be asked for. */
  readonly onMissing: () => void;
}

/** A stream that is so many steps behind what is known otherwise does not tell everything. */
const MOST_BEHIND_STEPS = 5;
const LEAST_BEHIND_MS = 5_000;
/** After a longer break the past is asked for, not told event by event. */
const MOST_RESUMED_MS = 60_000;

export class SymbolStream {
  readonly #options: SymbolStreamOptions;
  readonly #line: LiveLine;
  /** Position of the last event; null before the first one. */
  #cursor: string | null = null;
  #heardMs = 0;
  #newestMs = 0;
  /** When it began to tell, by the clock of who judges it. */
  #judgedMs: number | null = null;

  constructor(options: SymbolStreamOptions) {
    this.#options = options;
    const { symbol, grid, token, onMissing, open } = options;
    this.#line = new LiveLine({
      path: () => {
        const after = performance.now() - this.#heardMs < MOST_RESUMED_MS ? this.#cursor : null;
        return pathWith("/stream", { symbols: symbol, grid: grid(), after });
      },
      token,
      mayBeQuiet: true,
      onMessage: (message) => this.#hear(message as StreamEvent),
      onDrop: onMissing,
      ...(open === undefined ? {} : { open }),
    });
  }

  get isLive(): LiveLine["isLive"] {
    return this.#line.isLive;
  }

  /** The gateway answered a question of the symbol. */
  answered(): void {
    this.#line.answered();
  }

  /**
   * Gives the stream up where it tells nothing of steps that are known otherwise: its socket is open, but what it is
   * for does not come.
   * @param predictedMs end of the newest step with a prediction.
   */
  judge(predictedMs: number, stepMs: number, nowMs: number): void {
    if (!this.isLive.value) {
      this.#judgedMs = null;
      return;
    }
    this.#judgedMs ??= nowMs;
    const patienceMs = Math.max(LEAST_BEHIND_MS, MOST_BEHIND_STEPS * stepMs);
    if (nowMs - this.#judgedMs > patienceMs && predictedMs - this.#newestMs > patienceMs) this.#line.drop();
  }

  /** Another question: what was told is no answer to it. The next answer opens the stream again. */
  restart(): void {
    this.#cursor = null;
    this.#newestMs = 0;
    this.#line.rest();
  }

  close(): void {
    this.#line.close();
  }

  #hear(event: StreamEvent): void {
    const { onPrediction, onLabel, onAlert, onMissing } = this.#options;
    this.#cursor = event.cursor;
    this.#heardMs = performance.now();
    switch (event.type) {
      case "hello":
        // A symbol without a tick is not followed.
        if (event.symbols.length === 0) this.#line.drop();
        break;
      case "prediction":
        this.#newestMs = Math.max(this.#newestMs, event.ts);
        onPrediction(event);
        break;
      case "label":
        onLabel(event);
        break;
      case "alert":
        onAlert(event);
        break;
      case "gap":
        onMissing();
    }
  }
}
