// One piece of work at a time, in the order of asking: while one awaits, an object's open gate lets other requests run,
// and none of them may see a batch half done.

/**
 * Runs work one after the other. Work that throws fails its caller alone; the next in line runs after it.
 *
 * Use it only for promises of the object that owns it: one of another object may never settle, and everything after it
 * would wait for ever.
 */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.last.then(work);
    this.last = run.catch(() => undefined);
    return run;
  }
}
