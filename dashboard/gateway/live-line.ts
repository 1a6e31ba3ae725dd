// When a socket is open beside the polls: from the first answer on, while the tab is looked at. Whenever it ends, polls
// go on from where it was, and it is tried again ever more seldom.
import { Observed } from "../app/observed.ts";
import { LiveSocket, type LiveSocketOptions } from "./live-socket.ts";
import { waitAfter } from "./poll.ts";

export interface LiveLineOptions extends Pick<LiveSocketOptions, "mayBeQuiet" | "onMessage" | "open"> {
  /** Of the next socket: it names where the last one was. */
  readonly path: () => string;
  readonly token: () => string | null;
  /** A socket that was live has ended, not by `rest`: what it would have told is to be asked for. */
  readonly onDrop: (isSilent: boolean) => void;
}

/** The first wait after a drop; each further one is longer. */
const WAIT_MS = 1_000;
/** A socket that was live for so long was a good one. */
const GOOD_MS = 10_000;

export class LiveLine {
  /** Whether a socket tells what happens: from its first message on. */
  readonly isLive = new Observed(false);
  readonly #options: LiveLineOptions;
  #socket: LiveSocket | undefined;
  #failures = 0;
  #retryAtMs = 0;
  #liveSinceMs = 0;
  readonly #onVisibility = (): void => {
    if (document.hidden) this.rest();
  };

  constructor(options: LiveLineOptions) {
    this.#options = options;
    document.addEventListener("visibilitychange", this.#onVisibility);
  }

  /** The gateway answered a question: a socket is opened, if none is and it is time for one. */
  answered(): void {
    if (this.#socket !== undefined || document.hidden || performance.now() < this.#retryAtMs) return;
    const { path, token, ...options } = this.#options;
    const socket = new LiveSocket({
      ...options,
      path: path(),
      token: token(),
      onMessage: (message) => {
        if (this.#socket !== socket) return;
        if (!this.isLive.value) this.#liveSinceMs = performance.now();
        options.onMessage(message);
        this.isLive.set(true);
      },
      onEnd: (isSilent) => this.#dropped(socket, isSilent),
    });
    this.#socket = socket;
  }

  /** Gives the socket up, because what it tells cannot be right. */
  drop(): void {
    this.#socket?.end();
  }

  /** Ends the socket without asking for what it would have told; the next answer opens another one. */
  rest(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#retryAtMs = 0;
    socket?.end();
    this.isLive.set(false);
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.rest();
  }

  #dropped(socket: LiveSocket, isSilent: boolean): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const nowMs = performance.now();
    const wasGood = this.isLive.value && nowMs - this.#liveSinceMs > GOOD_MS;
    this.#failures = wasGood ? 1 : this.#failures + 1;
    this.#retryAtMs = nowMs + waitAfter(this.#failures, WAIT_MS, Math.random());
    const wasLive = this.isLive.value;
    this.isLive.set(false);
    if (wasLive) this.#options.onDrop(isSilent);
  }
}
