// One piece of work at a time, in the order of asking: what an object's open gate would let run in between must not see
// a batch half done.

/**
 * A queue of one place. Work that throws fails its caller alone; the next in line runs after it.
 *
 * Only for promises of the object that owns the queue: one of another object may never settle, and all that wait with it.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
