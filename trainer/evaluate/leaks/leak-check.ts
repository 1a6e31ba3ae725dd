// The result of a leak check.

export interface LeakCheck {
  readonly name: "structure" | "causality" | "time-neighbours" | "label-shift";
  /** `not_possible`: the data are insufficient for the check. That does not count as passing. */
  readonly outcome: "passed" | "failed" | "not_possible";
  /** Whether the outcome is `passed`. */
  readonly passed: boolean;
  /** What was found, in a sentence. */
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}
