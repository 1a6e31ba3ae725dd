// Runs one piece of work at a time, in call order. While one awaits, the object's input gate lets other requests run,
// and they must not see a half-applied batch.

/**
 * Runs work one after the other. Work that throws fails its own caller only; the next work runs after it.
 *
 * Use it only for promises of the object that owns it: a promise of another object may never settle, which would block
 * all later work.
 */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.last.then(work);
    this.last = run.catch(() => undefined);
    return run;
  }
}
