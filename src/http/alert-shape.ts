// An alert as answers show it.
import type { alertsOf } from "../clients/alerts.ts";
import type { AlertAnswer, ResolvedAlertAnswer } from "./alerts-schema.ts";
import type { Immutable } from "./contract.ts";

type List = Awaited<ReturnType<ReturnType<typeof alertsOf>["list"]>>;
export type ShownChange = List["active"][number];

export function alertShape(change: ShownChange): Immutable<AlertAnswer> {
  const { id, symbol, rule, state, severity, atMs, sinceMs, summary, figures, model } = change;
  return { id, symbol, rule, state, severity, at: iso(atMs), since: iso(sinceMs), summary, figures, model };
}

export function resolvedShape({ firing, resolved }: List["recent"][number]): Immutable<ResolvedAlertAnswer> {
  return {
    ...alertShape(firing),
    state: "resolved",
    resolved_at: resolved === null ? null : iso(resolved.atMs),
    resolved_summary: resolved?.summary ?? null,
    resolved_figures: resolved?.figures ?? null,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
