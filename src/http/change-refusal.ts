// What is answered when the registry did not make a change.
import type { ChangeRefusal } from "../durable/registry/outcome.ts";
import { Problem } from "./problem.ts";

const REFUSALS: Readonly<Record<ChangeRefusal, string>> = {
  no_experiment: "no experiment runs: give an artifact the alias challenger first (PUT /admin/aliases/challenger)",
  experiment_changed: "another experiment has begun since this one was judged: read it again",
  not_auto: "the experiment is no longer auto, so the rule may not promote",
  nothing_to_roll_back: "there is no champion change left to roll back",
  alias_changed: "another artifact was given the alias since it was read: read /admin/aliases again",
  history_changed: "the history has changed since it was read: read it again",
};

/** With the registry's own code. */
export function refusal(code: ChangeRefusal): Problem {
  return new Problem(code, REFUSALS[code]);
}
