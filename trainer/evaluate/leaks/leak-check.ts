// What a leak check answers.

export interface LeakCheck {
  readonly name: "structure" | "causality" | "time-neighbours" | "label-shift";
  /** `not_possible`: the data cannot carry the check, which is not the same as passing it. */
  readonly outcome: "passed" | "failed" | "not_possible";
  /** Whether the outcome is `passed`. */
  readonly passed: boolean;
  /** What was found, in a sentence. */
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}
