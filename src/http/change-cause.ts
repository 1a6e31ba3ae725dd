// Who changes something and why, as the history keeps it.
import type { ChangeCause, Origin } from "../durable/registry/alias-history.ts";

/** `null` for what the request does not say. */
export function changeCause(
  { by, reason }: { readonly by?: string | undefined; readonly reason?: string | undefined },
  origin: Origin,
  atMs: number,
): ChangeCause {
  return { atMs, by: origin, who: by ?? null, reason: reason ?? null };
}
