// Watches the champion: asks every symbol how its predecessor and the strongest baseline do, keeps the evidence, and
// demotes a champion that is shown worse, or tells the operator. A cron trigger calls it.
import { registryOf } from "../../clients/registry.ts";
import { listSymbols } from "../../clients/directory.ts";
import { askSymbols } from "../../clients/symbols.ts";
import { changeFigures } from "../../durable/registry/change-aliases.ts";
import { logWarning } from "../../log.ts";
import { ArtifactError } from "../../model/artifact-error.ts";
import { hostFor } from "../../model/grid-hosts.ts";
import { isLasting, type ServedModels } from "../../model/model-host.ts";
import { updateModels } from "../../model-refresh.ts";
import type { GuardGains } from "../../quality/live-quality.ts";
import {
  beginWatch,
  type ChampionWatch,
  GUARD_ROLES,
  type GuardRole,
  isTimeOver,
  judgeWatch,
  updateWatch,
  type WatchVerdict,
} from "../../quality/promotion/champion-watch.ts";
import { lagBlocks, minRows } from "../../quality/promotion/sequential-blocks.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { experimentCoverage } from "./experiment-coverage.ts";
import { tryArtifact, trySet } from "./try-artifact.ts";

/** Symbols keep guards' gains for days, so they are not asked every quarter of an hour. */
const ASK_EVERY_MS = 3_500_000;

/** What came of a look. */
export interface WatchOutcome {
  readonly role: GuardRole;
  readonly watch: ChampionWatch;
  readonly verdict: WatchVerdict;
  readonly did: "nothing" | "demoted" | "told" | "ended";
}

type Pair = Pick<ChampionWatch, "champion" | "rival">;
type Part = { readonly symbol: string; readonly failed: boolean; readonly guards: readonly GuardGains[] };

/**
 * Looks at each guard whose time it is. No symbol is asked without one. Throws what an unreachable registry throws.
 * @param nowMs wall time.
 */
export async function watchChampion(env: Env, nowMs: number): Promise<WatchOutcome[]> {
  const models = await updateModels(env);
  await endUnserved(env, models, nowMs);
  const watches = await registryOf(env).readWatches();
  const due = GUARD_ROLES.flatMap((role) => {
    const pair = pairOf(role, models);
    if (pair === undefined) return [];
    const known = watches[role];
    const kept = known?.champion === pair.champion && known.rival === pair.rival ? known : undefined;
    const isDue = kept === undefined || nowMs - kept.atMs >= ASK_EVERY_MS;
    return isDue ? [{ role, pair, beforeMs: known?.atMs ?? null, watch: kept ?? beginWatch(pair, nowMs) }] : [];
  });
  if (due.length === 0) return [];
  const parts = await askGuards(env);
  const outcomes: WatchOutcome[] = [];
  for (const { role, watch, beforeMs } of due) {
    const outcome = await look(env, { role, watch, beforeMs, parts, models, nowMs });
    if (outcome !== undefined) outcomes.push(outcome);
    // Another champion serves now: what the symbols said of the other guard is of the old one.
    if (outcome?.did === "demoted") break;
  }
  return outcomes;
}

/** The two models of a watch; `undefined` where one of them does not serve, or they cannot be compared. */
function pairOf(role: GuardRole, { byAlias, standIns }: ServedModels): Pair | undefined {
  const [champion, rival] = [byAlias.champion?.manifest.onnxSha256, byAlias[role]?.manifest.onnxSha256];
  if (champion === undefined || rival === undefined || champion === rival) return undefined;
  return standIns.has("champion") || standIns.has(role) ? undefined : { champion, rival };
}

/**
 * A predecessor that can never be compared is not watched, nor one that does not serve until its time has passed. A
 * bucket that does not answer for a while ends nothing.
 */
async function endUnserved(env: Env, { byAlias, standIns }: ServedModels, nowMs: number): Promise<void> {
  const { predecessor } = (await registryOf(env).read()).aliases;
  if (predecessor === undefined || byAlias.predecessor !== undefined || standIns.has("champion")) return;
  const settings = settingsOf(env);
  const { grid } = settings.engine;
  const refused = hostFor(grid, settings).refusals.find(
    ({ alias, sha256, code }) => alias === "predecessor" && sha256 === predecessor && isLasting(code),
  );
  if (refused !== undefined) {
    await endWatch(env, `its artifact cannot be compared with the champion: ${refused.code}`, nowMs);
    return;
  }
  const registry = registryOf(env);
  const watch = (await registry.readWatches()).predecessor;
  const champion = byAlias.champion?.manifest.onnxSha256;
  if (watch === undefined && champion !== undefined) {
    // Its time begins, so that one whose file is gone does not stay for ever.
    await registry.keepWatch("predecessor", null, beginWatch({ champion, rival: predecessor }, nowMs));
    return;
  }
  if (watch === undefined || !isTimeOver(watch, nowMs, grid.stepMs)) return;
  await endWatch(env, "it did not serve when its time was over, see /health", nowMs);
}

async function askGuards(env: Env): Promise<Part[]> {
  const { grid } = settingsOf(env);
  const symbols = await listSymbols(env);
  const answers = await askSymbols(env, symbols, { event: "watch_symbol_failed" }, async (stub) => {
    return (await stub.guardGains(grid)) ?? [];
  });
  return answers.map(({ symbol, answer, failed }) => ({ symbol, failed, guards: answer ?? [] }));
}

interface Look {
  readonly role: GuardRole;
  readonly watch: ChampionWatch;
  readonly beforeMs: number | null;
  readonly parts: readonly Part[];
  readonly models: ServedModels;
  readonly nowMs: number;
}

async function look(
  env: Env,
  { role, watch, beforeMs, parts, models, nowMs }: Look,
): Promise<WatchOutcome | undefined> {
  const { stepMs } = settingsOf(env).engine.grid;
  const { horizonSteps } = models.byAlias.champion!.manifest.label;
  const own = parts.map(({ symbol, failed, guards }) => ({ symbol, failed, guard: guardOf(guards, role, watch) }));
  // As in an experiment: while too many symbols are missing, nothing is decided.
  if (experimentCoverage(own.map(coverageOf), { ...watch, challenger: watch.rival }).missing !== null) return undefined;
  const rule = { lagBlocks: lagBlocks(stepMs), minRows: minRows(horizonSteps) };
  const blocks = own.flatMap(({ guard }) => (guard === undefined ? [] : [guard.blocks]));
  const looked = updateWatch(watch, blocks, rule, nowMs);
  const verdict = judgeWatch(looked, stepMs);
  const next = role === "reference" && isLookOver(looked, verdict, stepMs) ? nextLook(looked, nowMs) : looked;
  if (!(await registryOf(env).keepWatch(role, beforeMs, next))) return undefined;
  return { role, watch: next, verdict, did: await act(env, { role, watch: next, verdict, models, nowMs }) };
}

/** A look ends also where the champion is shown better: what it has won must not hide that it becomes worse. */
function isLookOver(watch: ChampionWatch, { code }: WatchVerdict, stepMs: number): boolean {
  return code !== "worse" && isTimeOver(watch, watch.atMs, stepMs);
}

function nextLook(watch: ChampionWatch, nowMs: number): ChampionWatch {
  return beginWatch(watch, nowMs, watch.worse.throughBlock, watch.look + 1);
}

function guardOf(guards: readonly GuardGains[], role: GuardRole, { champion, rival }: Pair): GuardGains | undefined {
  return guards.find((one) => one.role === role && one.champion === champion && one.rival === rival);
}

function coverageOf({ symbol, failed, guard }: Omit<Part, "guards"> & { readonly guard: GuardGains | undefined }) {
  const pair = guard === undefined ? null : { champion: guard.champion, challenger: guard.rival };
  // A symbol without the pair has no ticks, or will have the pair with its next batch.
  return { symbol, failed, pair, answered: { champion: 0, challenger: 0 } };
}

type Finding = Pick<Look, "role" | "watch" | "models" | "nowMs"> & { readonly verdict: WatchVerdict };

async function act(env: Env, finding: Finding): Promise<WatchOutcome["did"]> {
  const { role, verdict, models, nowMs } = finding;
  if (verdict.code === "worse") {
    // Where a predecessor serves, it is the one to come back.
    if (role === "reference" && models.byAlias.predecessor !== undefined) return await tell(env, finding);
    return settingsOf(env).demotes ? await demote(env, finding) : await tell(env, finding);
  }
  if (role !== "predecessor" || verdict.code === "watching") return "nothing";
  const { eValue, blocks } = verdict.better;
  const reason =
    verdict.code === "kept"
      ? `the champion is shown better: e value ${eValue.toFixed(1)} after ${blocks} blocks`
      : `neither was shown better within its time, in ${blocks} blocks`;
  return await endWatch(env, reason, nowMs);
}

async function endWatch(env: Env, reason: string, atMs: number): Promise<"ended"> {
  await registryOf(env).setAlias("predecessor", null, { cause: { atMs, by: "rule", who: null, reason } });
  await updateModels(env);
  return "ended";
}

async function demote(env: Env, finding: Finding): Promise<WatchOutcome["did"]> {
  const { role, watch, verdict, nowMs } = finding;
  const registry = registryOf(env);
  const reason = watchWords(finding);
  try {
    const { manifest } = await tryArtifact(env, "champion", watch.rival);
    // A baseline has no set of its own: those that serve stay.
    const set = role === "reference" ? {} : await trySet(env, manifest, (await registry.read()).aliases);
    const cause = { atMs: nowMs, by: "rule", who: null, reason, figures: changeFigures(verdict.worse) } as const;
    const outcome = await registry.demote(watch, cause, set);
    if (!outcome.ok) return "nothing";
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return await tell(env, finding, `; it cannot serve: ${error.code}`);
  }
  logWarning("champion_demoted", { champion: watch.champion, rival: watch.rival, reason });
  await registry.addNotice({ atMs: nowMs, symbol: "*", code: "champion_demoted", message: reason });
  await updateModels(env);
  return "demoted";
}

/** Once for each watch. */
async function tell(env: Env, finding: Finding, more = ""): Promise<"told" | "nothing"> {
  const { role, watch, nowMs } = finding;
  if (watch.told) return "nothing";
  const registry = registryOf(env);
  const message = `${watchWords(finding)}${more}`;
  await registry.addNotice({ atMs: nowMs, symbol: "*", code: "champion_worse", message });
  await registry.keepWatch(role, watch.atMs, { ...watch, told: true });
  logWarning("champion_worse", { champion: watch.champion, rival: watch.rival, message });
  return "told";
}

/** What a verdict comes to, with its figures. */
export function watchWords({ role, watch, verdict: { worse } }: Omit<WatchOutcome, "did">): string {
  const { eValue, needs, blocks, episodes } = worse;
  return (
    `champion ${watch.champion.slice(0, 8)} is worse than its ${role} ${watch.rival.slice(0, 8)}: ` +
    `e value ${eValue.toFixed(1)} of ${needs.eValue} after ${blocks} blocks with ${episodes} episodes`
  );
}
