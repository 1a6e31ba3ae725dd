// A timeout for promises. A promise that belongs to another object of the isolate, or to a store that hangs, may never
// settle.

/** Settles like `work`, or rejects after `ms` with the error that `late` makes. Does not cancel the work. */
export async function withDeadline<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    if (timer !== undefined) clearTimeout(timer);
  }
}
