// Facts of the champion's watches for the alert rule `champion_demoted`.
import type { AlertFacts } from "../quality/alerts/alert-facts.ts";
import { type ChampionWatch, GUARD_ROLES, type GuardRole, judgeWatch } from "../quality/promotion/champion-watch.ts";
import { type WatchOutcome, watchWords } from "./experiment/watch-champion.ts";

/**
 * The input of the alert rule `champion_demoted`: what a look has just changed, else what the kept watches say. Without
 * a watch the champion is not shown worse than anything.
 */
export function championFacts(
  outcomes: readonly WatchOutcome[],
  watches: Readonly<Partial<Record<GuardRole, ChampionWatch>>>,
  stepMs: number,
): AlertFacts {
  const kept = GUARD_ROLES.flatMap((role) => {
    const watch = watches[role];
    return watch === undefined ? [] : [{ role, watch, verdict: judgeWatch(watch, stepMs) }];
  });
  const demoted = outcomes.find(({ did }) => did === "demoted");
  const found = demoted ?? kept.find(({ verdict }) => verdict.code === "worse");
  const { eValue = null, blocks = null, episodes = null } = (found ?? kept[0])?.verdict.worse ?? {};
  const then = demoted === undefined ? "it still serves" : "it was demoted";
  return {
    champion: { found: found === undefined ? null : `${watchWords(found)}; ${then}`, eValue, blocks, episodes },
  };
}
