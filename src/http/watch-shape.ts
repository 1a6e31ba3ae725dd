// How the champion does against its guards, as answers show it.
import type { ChampionWatch, GuardRole } from "../quality/promotion/champion-watch.ts";
import { GUARD_ROLES, judgeWatch, watchMs } from "../quality/promotion/champion-watch.ts";
import { verdictShape } from "./experiment-shape.ts";

/** The watches in the order of their roles. @param stepMs length of the grid's step. */
export function watchShapes(watches: Readonly<Partial<Record<GuardRole, ChampionWatch>>>, stepMs: number) {
  return GUARD_ROLES.flatMap((guard) => {
    const watch = watches[guard];
    if (watch === undefined) return [];
    const { champion, rival, look, startedMs, atMs } = watch;
    const { code, worse, better } = judgeWatch(watch, stepMs);
    return [
      {
        ...{ guard, champion, rival, code, look },
        started_at: new Date(startedMs).toISOString(),
        looked_at: new Date(atMs).toISOString(),
        ends_at: new Date(startedMs + watchMs(stepMs)).toISOString(),
        worse: verdictShape(worse),
        better: verdictShape(better),
      },
    ];
  });
}
