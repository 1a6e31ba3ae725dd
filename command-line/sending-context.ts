// What a program that sends to a gateway runs with: where its lines go, and when it shall end.
import { onSignal } from "./on-signal.ts";
import { CONSOLE, type ProgramOutput } from "./program.ts";

export interface SendingContext extends ProgramOutput {
  /** Ends the run: what is under way is still sent. */
  readonly stop: AbortSignal;
  /** Ends it at once. */
  readonly abandon: AbortSignal;
}

/** Ends with the first signal, at once with the second. @param ending what is still done after the first, in words. */
export function untilSignal(ending: string): SendingContext {
  const stop = new AbortController();
  const abandon = new AbortController();
  onSignal((_, count) => {
    if (count > 1) return abandon.abort();
    CONSOLE.note(`\n${ending}; press again to stop at once`);
    stop.abort();
  });
  return { ...CONSOLE, stop: stop.signal, abandon: abandon.signal };
}
