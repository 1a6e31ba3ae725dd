// An experiment: which champion and challenger are compared on live steps, which one answers, and whether the rule may
// promote.
import * as v from "valibot";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

/** A larger share would amount to an undecided promotion. */
const MAX_SHARE = 0.5;

const SHARE = `a number above 0 and at most ${MAX_SHARE}`;

/** The settings of an experiment that an operator chooses. */
const experimentSettingsSchema = fields({
  /** `shadow`: both score every step, the champion answers. `split`: the challenger answers its share. */
  mode: v.picklist(["shadow", "split"], '"shadow" or "split"'),
  /** The challenger's share of the answers under `split`: above 0 and at most `MAX_SHARE`. */
  share: v.pipe(v.number(SHARE), v.gtValue(0, SHARE), v.maxValue(MAX_SHARE, SHARE)),
  /** Whether the sequential rule promotes by itself. */
  auto: v.boolean("true or false"),
});
export type ExperimentSettings = Parsed<typeof experimentSettingsSchema>;

/** A change of the settings; absent fields stay as they are. */
export const settingsChangeSchema = fields({
  mode: v.exactOptional(experimentSettingsSchema.entries.mode),
  share: v.exactOptional(experimentSettingsSchema.entries.share),
  auto: v.exactOptional(experimentSettingsSchema.entries.auto),
});

export const experimentSchema = fields({
  /** `<number>-<8 of the champion's SHA-256>-<8 of the challenger's>`, never reused. */
  id: v.string("a text"),
  ...experimentSettingsSchema.entries,
  startedMs: finiteNumber(),
  /** SHA-256 of the two artifacts. */
  champion: v.string("a text"),
  challenger: v.string("a text"),
  /** Comparisons with this champion so far, this one included; each needs more evidence than the one before. */
  tries: v.optional(wholeNumber(1), 1),
});
export type Experiment = Parsed<typeof experimentSchema>;

/** How often a champion was compared with a challenger: counted on while no experiment runs. */
export const comparedSchema = fields({ champion: v.string("a text"), tries: wholeNumber(0) });
export type Compared = Parsed<typeof comparedSchema>;

/** Default: the challenger answers no request, and nothing is promoted automatically. */
export const DEFAULT_SETTINGS: ExperimentSettings = { mode: "shadow", share: 0.1, auto: false };

/** Text for the history: `3-1a2b3c4d-5e6f7a8b split 0.1 auto`. `null` for no experiment. */
export function describeExperiment(experiment: Experiment | null): string | null {
  if (experiment === null) return null;
  const { id, mode, share, auto } = experiment;
  return `${id} ${mode}${mode === "split" ? ` ${share}` : ""}${auto ? " auto" : ""}`;
}
