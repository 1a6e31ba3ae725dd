// A change of the history as answers show it.
import type { Change } from "../durable/registry/alias-history.ts";
import { snakeKeys } from "../words/snake-keys.ts";
import type { ChangeAnswer } from "./aliases-schema.ts";
import type { Immutable } from "./contract.ts";

export function changeShape({
  seq,
  atMs,
  what,
  from,
  to,
  by,
  who,
  reason,
  figures,
  ...rest
}: Change): Immutable<ChangeAnswer> {
  return {
    seq,
    at: new Date(atMs).toISOString(),
    alias: what,
    ...{ from, to, by, who, reason },
    figures: figures && snakeKeys(figures),
    with: rest.with,
  };
}

/** What readers are told of a change: who made it and why is the administrator's, unless the rule did. */
export function withoutWho(change: Immutable<ChangeAnswer>): Immutable<ChangeAnswer> {
  return change.by === "rule" ? change : { ...change, who: null, reason: null };
}
