// One column of a feature row: its name, its formula, and how the threshold τ enters it.

/**
 * `none`: not at all. `minus-ln`: ln τ is subtracted. `over`: it is divided by τ. The last two exist only with a
 * threshold.
 */
type ThresholdRelation = "none" | "minus-ln" | "over";

export interface FeatureColumn {
  readonly name: string;
  /** The formula in words and symbols; part of the schema text. */
  readonly formula: string;
  readonly relation: ThresholdRelation;
}

export const relative = (name: string, formula: string): FeatureColumn => ({ name, formula, relation: "minus-ln" });
export const overTau = (name: string, formula: string): FeatureColumn => ({ name, formula, relation: "over" });
export const plain = (name: string, formula: string): FeatureColumn => ({ name, formula, relation: "none" });
