// What an alert is for, in words and as numbers.

/** Targets are shares above 0, at most 1; costs are per wrong alert and per missed spike. */
export type OperatingGoal =
  | { readonly kind: "f1" }
  | { readonly kind: "recall" | "precision" | "alert-rate"; readonly target: number }
  | { readonly kind: "cost"; readonly fp: number; readonly fn: number };

/** The goal in words, as manifests and operators name it: `recall at least 0.8`. */
export function goalText(goal: OperatingGoal): string {
  switch (goal.kind) {
    case "f1":
      return "max F1";
    case "recall":
    case "precision":
      return `${goal.kind} at least ${goal.target}`;
    case "alert-rate":
      return `alert rate at most ${goal.target}`;
    case "cost":
      return `least cost at ${goal.fp} per false alert and ${goal.fn} per missed spike`;
  }
}

/** A manifest's goal without its outcome. */
export function goalWords(text: string): string {
  return text.split(": ")[0]!;
}

const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e-?\d+)?)`;
const SHARE = new RegExp(`^(recall at least|precision at least|alert rate at most) ${NUMBER}$`);
const COST = new RegExp(`^least cost at ${NUMBER} per false alert and ${NUMBER} per missed spike$`);

/**
 * The goal that `goalText` wrote, also where its outcome follows it as in a manifest; `undefined` for any other text,
 * as imported models have, and for a goal that its rows did not reach.
 *
 * Example: `max F1: precision 0.55, recall 0.59` is `{ kind: "f1" }`.
 */
export function parseGoal(text: string): OperatingGoal | undefined {
  const words = goalWords(text);
  if (words === "max F1") return { kind: "f1" };
  const [, name, share] = SHARE.exec(words) ?? [];
  if (name !== undefined) {
    const target = Number(share);
    const kind = name.startsWith("recall") ? "recall" : name.startsWith("precision") ? "precision" : "alert-rate";
    return target > 0 && target <= 1 ? { kind, target } : undefined;
  }
  const [, fp, fn] = COST.exec(words) ?? [];
  return fp === undefined || Number(fp) + Number(fn) === 0
    ? undefined
    : { kind: "cost", fp: Number(fp), fn: Number(fn) };
}
