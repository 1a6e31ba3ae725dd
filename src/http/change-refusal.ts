// What is answered when the registry did not make a change.
import type { ChangeRefusal } from "../durable/registry/outcome.ts";
import { Problem } from "./problem.ts";

const REFUSALS: Readonly<Record<ChangeRefusal, string>> = {
  no_experiment: "experiment: got none running, expected a challenger (PUT /admin/aliases/challenger)",
  experiment_changed: "experiment: got another one than was just judged, expected the same; look again",
  not_auto: "experiment: got one that is not auto by now, expected auto for a promotion by the rule",
  nothing_to_roll_back: "history: got no change of champion that is not undone, expected one",
  history_changed: "history: got a newer change than was just read, expected none; look again",
};

/** With the registry's own code. */
export function refusal(code: ChangeRefusal): Problem {
  return new Problem(code, REFUSALS[code]);
}
