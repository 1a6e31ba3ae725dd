// A bound on waiting for what is outside. A promise that belongs to another object of the isolate, or to a store that
// hangs, may never settle.

/**
 * Settles as `work` does, or rejects with what `late` makes after `ms`. The work itself goes on.
 */
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
