// Computes the registry's state after a change of aliases or settings: which experiment ends or begins, and the history
// entries. Pure: the registry stores the result.
import type { BundledSet } from "../../model/bundled.ts";
import { SET_ALIASES } from "../../model/manifest.ts";
import { ALIASES, type Alias, type Aliases, wantedBy } from "../../model/model-host.ts";
import {
  type EvidenceState,
  type PromotionVerdict,
  SequentialEvidence,
} from "../../quality/promotion/sequential-evidence.ts";
import { type Change, type ChangeCause, type ChangeFigures, recordChanges } from "./alias-history.ts";
import {
  type Compared,
  DEFAULT_SETTINGS,
  type Experiment,
  type ExperimentSettings,
  describeExperiment,
} from "./experiment.ts";

/** The part of the registry's state that changes in one write. */
export interface AliasState {
  readonly aliases: Aliases;
  readonly experiment: Experiment | null;
  /** Evidence of the running experiment. */
  readonly evidence: EvidenceState | null;
  readonly changes: readonly Change[];
  /** Total number of changes and experiments. */
  readonly changeCount: number;
  readonly experimentCount: number;
  /** `null` before the first experiment, and in states of an older version. */
  readonly compared: Compared | null;
}

/** The order of history entries: what follows from another change comes before it. */
const NOTED = ["predecessor", ...ALIASES.filter((alias) => alias !== "predecessor")] as const;

interface ChangeTerms {
  /** The models of aliases without an artifact. */
  readonly bundled: BundledSet;
  /** What changes of the experiment's settings. */
  readonly settings: Partial<ExperimentSettings>;
}

/**
 * Gives aliases to artifacts or, with `null`, back to the bundled models, and changes the experiment's settings. The
 * challenger is removed when it equals the champion. The champion before becomes predecessor, unless a rollback or
 * `wanted` says otherwise. When champion or challenger changes, the running experiment ends;
 * if both are set, a new one begins without evidence. Its settings are `settings` over those that the same challenger
 * had. Unchanged values leave no history entry. Those of baselines and `rows` name the champion's change that they came
 * with.
 */
export function changeAliases(
  state: AliasState,
  wanted: Readonly<Partial<Record<Alias, string | null>>>,
  cause: ChangeCause,
  { bundled, settings }: ChangeTerms,
): AliasState {
  const aliases: Partial<Record<Alias, string>> = { ...state.aliases };
  for (const alias of ALIASES) {
    const sha256 = wanted[alias];
    if (sha256 === null) delete aliases[alias];
    else if (sha256 !== undefined) aliases[alias] = sha256;
  }
  const [before, champion] = [state.aliases, aliases].map((all) => wantedBy(all, "champion", bundled));
  if (aliases.challenger === champion) delete aliases.challenger;
  if (before !== champion && wanted.predecessor === undefined) {
    // A rollback has judged it already.
    if (before === undefined || cause.by === "rollback") delete aliases.predecessor;
    else aliases.predecessor = before;
  }
  if (aliases.predecessor === champion) delete aliases.predecessor;
  const { experiment, begun } = experimentOf(state, aliases, cause.atMs, { bundled, settings });
  const entries: Omit<Change, "seq" | "with">[] = [];
  const figures = cause.figures ?? (state.experiment === null ? null : keptFigures(state.evidence));
  const note = (what: Change["what"], from: string | null, to: string | null): void => {
    entries.push({ atMs: cause.atMs, what, from, to, by: cause.by, who: cause.who, reason: cause.reason, figures });
  };
  for (const alias of NOTED) {
    if (wantedBy(aliases, alias, bundled) === wantedBy(state.aliases, alias, bundled)) continue;
    note(alias, wantedBy(state.aliases, alias, bundled) ?? null, wantedBy(aliases, alias, bundled) ?? null);
  }
  const [ran, runs] = [describeExperiment(state.experiment), describeExperiment(experiment)];
  if (ran !== runs) note("experiment", ran, runs);
  const firstSeq = state.changeCount + 1;
  const place = entries.findIndex(({ what }) => what === "champion");
  const cameWith = ({ what }: Pick<Change, "what">): number | null =>
    place >= 0 && SET_ALIASES.some((alias) => alias === what) ? firstSeq + place : null;
  const numbered = entries.map((entry, i) => ({ seq: firstSeq + i, ...entry, with: cameWith(entry) }));
  return {
    aliases,
    experiment,
    evidence: experiment === null || begun ? null : state.evidence,
    changes: recordChanges(state.changes, numbered),
    changeCount: state.changeCount + numbered.length,
    experimentCount: state.experimentCount + Number(begun),
    compared: comparedOf(experiment) ?? state.compared ?? comparedOf(state.experiment),
  };
}

function experimentOf(
  { experiment, experimentCount, compared }: AliasState,
  aliases: Aliases,
  startedMs: number,
  { bundled, settings }: ChangeTerms,
): { experiment: Experiment | null; begun: boolean } {
  const champion = wantedBy(aliases, "champion", bundled);
  const { challenger } = aliases;
  if (champion === undefined || challenger === undefined) return { experiment: null, begun: false };
  if (experiment !== null && experiment.champion === champion && experiment.challenger === challenger) {
    return { experiment: { ...experiment, ...settings }, begun: false };
  }
  const known = experiment?.challenger === challenger ? experiment : DEFAULT_SETTINGS;
  const { mode, share, auto } = { ...known, ...settings };
  const id = `${experimentCount + 1}-${champion.slice(0, 8)}-${challenger.slice(0, 8)}`;
  const tries = triesWith(champion, compared, experiment) + 1;
  return { experiment: { id, mode, share, auto, startedMs, champion, challenger, tries }, begun: true };
}

/** What an experiment counts as; an older version kept no count beside the experiment that runs. */
function comparedOf(experiment: Experiment | null): Compared | null {
  return experiment && { champion: experiment.champion, tries: experiment.tries };
}

/** Comparisons since the champion took over. An older version did not count those before the one that runs. */
function triesWith(champion: string, compared: Compared | null, experiment: Experiment | null): number {
  if (compared?.champion === champion) return compared.tries;
  return experiment?.champion === champion ? experiment.tries : 0;
}

/** The figures of a verdict that the history keeps. */
export function changeFigures({ eValue, blocks, rows, episodes, meanGain }: PromotionVerdict): ChangeFigures {
  return { eValue, blocks, rows, episodes, meanGain };
}

function keptFigures(state: EvidenceState | null): ChangeFigures {
  return changeFigures(SequentialEvidence.from(state).verdict());
}
