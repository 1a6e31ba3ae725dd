// What a signal that ends this program does first.

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Calls `end` at the first signal with the exit code that a shell expects, 128 and the signal's number. A second signal
 * exits at once.
 * @returns a function that takes this back.
 */
export function onSignal(end: (code: number) => void): () => void {
  let asked = false;
  const handlers = Object.entries(SIGNALS).map(([signal, number]) => {
    const handler = (): void => {
      if (asked) process.exit(128 + number);
      asked = true;
      end(128 + number);
    };
    process.on(signal, handler);
    return () => process.removeListener(signal, handler);
  });
  return () => handlers.forEach((remove) => remove());
}
