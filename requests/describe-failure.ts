// Why a request got no answer.

/** What went wrong below HTTP, e.g. `connect ECONNREFUSED 127.0.0.1:8787`: `fetch` hides it in the error's cause. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message || error.message : error.message;
}
