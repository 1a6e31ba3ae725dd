// A comparison of the champion with a challenger on live steps: which two, who answers, and whether the rule may
// promote.
import * as v from "valibot";
import { fields, finiteNumber, type Parsed } from "../../schemas/schema-values.ts";

/** More than half would be a promotion that nobody decided. */
const MAX_SHARE = 0.5;

const SHARE = `a number above 0 and at most ${MAX_SHARE}`;

/** What an operator chooses of an experiment. */
const experimentSettingsSchema = fields({
  /** `shadow`: both score every step, the champion answers. `split`: the challenger answers its share. */
  mode: v.picklist(["shadow", "split"], '"shadow" or "split"'),
  /** The challenger's share of the answers under `split`: above 0 and at most `MAX_SHARE`. */
  share: v.pipe(v.number(SHARE), v.gtValue(0, SHARE), v.maxValue(MAX_SHARE, SHARE)),
  /** Whether the sequential rule promotes by itself. */
  auto: v.boolean("true or false"),
});
export type ExperimentSettings = Parsed<typeof experimentSettingsSchema>;

/** What is changed of them; what is absent stays. */
export const settingsChangeSchema = fields({
  mode: v.exactOptional(experimentSettingsSchema.entries.mode),
  share: v.exactOptional(experimentSettingsSchema.entries.share),
  auto: v.exactOptional(experimentSettingsSchema.entries.auto),
});

export const experimentSchema = fields({
  /** `<number>-<8 of the champion's SHA-256>-<8 of the challenger's>`, never given twice. */
  id: v.string("a text"),
  ...experimentSettingsSchema.entries,
  startedMs: finiteNumber(),
  /** SHA-256 of the two artifacts. */
  champion: v.string("a text"),
  challenger: v.string("a text"),
});
export type Experiment = Parsed<typeof experimentSchema>;

/** Where nothing is asked for: nobody sees the challenger, and nothing happens by itself. */
export const DEFAULT_SETTINGS: ExperimentSettings = { mode: "shadow", share: 0.1, auto: false };

/** In words, for the history: `3-1a2b3c4d-5e6f7a8b split 0.1 auto`. `null` for no experiment. */
export function describeExperiment(experiment: Experiment | null): string | null {
  if (experiment === null) return null;
  const { id, mode, share, auto } = experiment;
  return `${id} ${mode}${mode === "split" ? ` ${share}` : ""}${auto ? " auto" : ""}`;
}
