// What a change of aliases or settings makes of the registry's state: the experiment that ends or begins, and the
// entries of the history. A function of values; keeping the result is the registry's.
import { ALIASES, type Alias, type Aliases, wantedBy } from "../../model/model-host.ts";
import {
  type EvidenceState,
  type PromotionVerdict,
  SequentialEvidence,
} from "../../quality/promotion/sequential-evidence.ts";
import { type Change, type ChangeCause, type ChangeFigures, recordChanges } from "./alias-history.ts";
import { DEFAULT_SETTINGS, type Experiment, type ExperimentSettings, describeExperiment } from "./experiment.ts";

/** What of the registry belongs together: it changes in one write. */
export interface AliasState {
  readonly aliases: Aliases;
  readonly experiment: Experiment | null;
  /** Of the running experiment. */
  readonly evidence: EvidenceState | null;
  readonly changes: readonly Change[];
  /** How many changes and experiments there ever were. */
  readonly changeCount: number;
  readonly experimentCount: number;
}

/**
 * Gives aliases to artifacts, or back (`null`), and changes the experiment's settings. The challenger's place becomes
 * empty when the champion is the same artifact. Where champion or challenger is another one than before, the running
 * experiment ends; where both are there a new one begins, without evidence, with `settings` over those that the same
 * challenger had. What is as it was leaves no entry in the history.
 */
export function changeAliases(
  state: AliasState,
  wanted: Readonly<Partial<Record<Alias, string | null>>>,
  cause: ChangeCause,
  settings: Partial<ExperimentSettings> = {},
): AliasState {
  const aliases: Partial<Record<Alias, string>> = { ...state.aliases };
  for (const alias of ALIASES) {
    const sha256 = wanted[alias];
    if (sha256 === null) delete aliases[alias];
    else if (sha256 !== undefined) aliases[alias] = sha256;
  }
  if (aliases.challenger === wantedBy(aliases, "champion")) delete aliases.challenger;
  const { experiment, begun } = experimentOf(state, aliases, cause.atMs, settings);
  const entries: Omit<Change, "seq">[] = [];
  const figures = cause.figures ?? (state.experiment === null ? null : keptFigures(state.evidence));
  const note = (what: Change["what"], from: string | null, to: string | null): void => {
    entries.push({ atMs: cause.atMs, what, from, to, by: cause.by, who: cause.who, reason: cause.reason, figures });
  };
  for (const alias of ALIASES) {
    if (wantedBy(aliases, alias) === wantedBy(state.aliases, alias)) continue;
    note(alias, wantedBy(state.aliases, alias) ?? null, wantedBy(aliases, alias) ?? null);
  }
  const [before, after] = [describeExperiment(state.experiment), describeExperiment(experiment)];
  if (before !== after) note("experiment", before, after);
  const numbered = entries.map((entry, i) => ({ seq: state.changeCount + 1 + i, ...entry }));
  return {
    aliases,
    experiment,
    evidence: experiment === null || begun ? null : state.evidence,
    changes: recordChanges(state.changes, numbered),
    changeCount: state.changeCount + numbered.length,
    experimentCount: state.experimentCount + Number(begun),
  };
}

function experimentOf(
  { experiment, experimentCount }: AliasState,
  aliases: Aliases,
  startedMs: number,
  settings: Partial<ExperimentSettings>,
): { experiment: Experiment | null; begun: boolean } {
  const champion = wantedBy(aliases, "champion");
  const { challenger } = aliases;
  if (champion === undefined || challenger === undefined) return { experiment: null, begun: false };
  if (experiment !== null && experiment.champion === champion && experiment.challenger === challenger) {
    return { experiment: { ...experiment, ...settings }, begun: false };
  }
  const known = experiment?.challenger === challenger ? experiment : DEFAULT_SETTINGS;
  const { mode, share, auto } = { ...known, ...settings };
  const id = `${experimentCount + 1}-${champion.slice(0, 8)}-${challenger.slice(0, 8)}`;
  return { experiment: { id, mode, share, auto, startedMs, champion, challenger }, begun: true };
}

/** What the history keeps of a verdict. */
export function changeFigures({ eValue, blocks, rows, episodes, meanGain }: PromotionVerdict): ChangeFigures {
  return { eValue, blocks, rows, episodes, meanGain };
}

function keptFigures(state: EvidenceState | null): ChangeFigures {
  return changeFigures(SequentialEvidence.from(state).verdict());
}
