// The registry's snapshot, which every isolate reads every few seconds: as a type, and parsed from its storage.
import { ALIASES, type Alias, type Aliases, wantedBy } from "../../model/model-host.ts";
import { type Experiment, parseExperiment } from "./experiment.ts";
import { type ForcedPromotion, parseForcedPromotion } from "./forced-promotion.ts";

/** Something that happened to a symbol and deserves a look, newest last. */
export interface Notice {
  readonly atMs: number;
  readonly symbol: string;
  readonly code: "snapshot_rebuilt" | "slots_unreadable";
  readonly message: string;
}

export interface RegistryState {
  readonly aliases: Aliases;
  /** By alias, where the artifact that holds it was promoted against its gate. */
  readonly forced: Readonly<Partial<Record<Alias, ForcedPromotion>>>;
  readonly notices: readonly Notice[];
  /** `null` without a challenger, and where a new deployment's bundled champion is another one than it began with. */
  readonly experiment: Experiment | null;
}

/** From storage or an answer: what is none of it is left out. */
export function parseRegistryState(value: unknown): RegistryState {
  const raw = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const stored = (raw["aliases"] ?? {}) as Readonly<Record<string, unknown>>;
  const storedForced = (raw["forced"] ?? {}) as Readonly<Record<string, unknown>>;
  const aliases: Partial<Record<Alias, string>> = {};
  const forced: Partial<Record<Alias, ForcedPromotion>> = {};
  for (const alias of ALIASES) {
    const sha256 = stored[alias];
    if (typeof sha256 !== "string") continue;
    aliases[alias] = sha256;
    const promotion = parseForcedPromotion(storedForced[alias]);
    if (promotion?.sha256 === sha256) forced[alias] = promotion;
  }
  const experiment = parseExperiment(raw["experiment"]);
  return {
    aliases,
    forced,
    notices: Array.isArray(raw["notices"]) ? (raw["notices"] as Notice[]) : [],
    experiment: experiment !== null && isCurrent(experiment, aliases) ? experiment : null,
  };
}

function isCurrent({ champion, challenger }: Experiment, aliases: Aliases): boolean {
  return champion === wantedBy(aliases, "champion") && challenger === aliases.challenger;
}
