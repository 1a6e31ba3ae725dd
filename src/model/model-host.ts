// The serving models, one set per isolate, shared by all objects in it. Only loaded models are shared, never the
// promise of a load: if the object that began a load is aborted, other objects waiting for it would hang forever.
import type { GridConfig } from "../features/event-grid.ts";
import { labelSpecText } from "../features/label-spec.ts";
import { ArtifactError } from "./artifact-error.ts";
import { type Scorer, loadArtifact } from "./artifact.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { BUNDLED_GRIDS, bundledArtifact, type BundledSet } from "./bundled.ts";
import { isFresh } from "./is-fresh.ts";
import { BASELINE_ALIASES, type Manifest } from "./manifest.ts";
import type { RefusalCode } from "./refusal-code.ts";
import { RuntimeUnavailableError } from "./runtime.ts";
import { atThreshold, type ChosenThreshold, loadedScorer } from "./scorer-at-threshold.ts";

/**
 * The aliases. `rows` answers stateless `POST /predict {rows}`. An experiment scores `challenger` beside the champion;
 * no artifact holds it by default. `predecessor` was champion before, and is scored beside its successor for a while.
 */
export const ALIASES = ["champion", "challenger", "predecessor", "rows", ...BASELINE_ALIASES] as const;
export type Alias = (typeof ALIASES)[number];

/** The artifact of each alias. A missing alias means the bundled model; for `challenger` and `predecessor`, none. */
export type Aliases = Readonly<Partial<Record<Alias, string>>>;

/** A refused artifact. */
export interface Refusal {
  readonly alias: Alias;
  readonly sha256: string;
  readonly code: RefusalCode;
  readonly message: string;
  readonly atMs: number;
}

/** An immutable set of loaded models. A new set is a new object with a higher `version`. */
export interface ServedModels {
  readonly version: number;
  /** An alias without a usable artifact is absent. */
  readonly byAlias: Readonly<Partial<Record<Alias, Scorer>>>;
  /** Why the WASM runtime did not start, where a model needed it: own models are scored without it. */
  readonly runtimeError: string | undefined;
  /**
   * Whether the set may differ from the registry's aliases, because they could not be read or an artifact could not be
   * fetched. The quality history of other models must not be dropped for such a set.
   */
  readonly provisional: boolean;
  /**
   * Aliases whose model serves in place of the one that the registry names, or while it is not known which one that is.
   */
  readonly standIns: ReadonlySet<Alias>;
  /**
   * Whether the champion's manifest is known. Until it is, nothing may be fixed that cannot be changed later, such as
   * the label of a new symbol.
   */
  readonly championKnown: boolean;
}

/** The input of an update. */
interface UpdateContext {
  readonly store: ArtifactStore;
  /** The models that hold an alias without an artifact of its own. */
  readonly bundled: BundledSet;
  /** The grid of the symbols that the models score; an artifact made for another one is refused. */
  readonly grid: GridConfig;
  readonly nowMs: number;
  /** Whether the aliases come from the registry, now or earlier. */
  readonly aliasesKnown: boolean;
  /** Thresholds that operators chose; absent: none. */
  readonly thresholds?: Readonly<Partial<Record<Alias, ChosenThreshold>>>;
}

/** Refusals after which the same artifact is retried. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set(["not_found", "store_unavailable"]);

/** Whether the same artifact would be refused again: it was read, and not only loaded too slowly. */
export function isLasting(code: RefusalCode): boolean {
  return !TRANSIENT.has(code) && code !== "too_slow";
}

/** An update that takes longer counts as dead, because its object was aborted. */
const UPDATE_TIMEOUT_MS = 60_000;

/**
 * Loads and warms up new models, swaps them in, releases the old ones. Once a set serves, the isolate always has one.
 */
export class ModelHost {
  private served: ServedModels | undefined;
  private refused: readonly Refusal[] = [];
  private swaps = 0;
  private updating: Update | undefined;

  /** The serving set, `undefined` before the first `update`. */
  get current(): ServedModels | undefined {
    return this.served;
  }

  /**
   * The serving set, for immediate use: start the runs without an `await` after reading it, since a swap releases the
   * replaced models. Throws before the first `update`.
   */
  get serving(): ServedModels {
    if (this.served === undefined) throw new Error("models: none loaded yet");
    return this.served;
  }

  /** Artifacts refused at the last update, for `/health`. */
  get refusals(): readonly Refusal[] {
    return this.refused;
  }

  /** Number of swaps to another set. */
  get swapCount(): number {
    return this.swaps;
  }

  /**
   * Loads the models of the aliases and returns the serving set. If an artifact is refused, its alias keeps its model
   * or falls back to the bundled one; a refused challenger leaves no challenger. Does nothing while another object's
   * update to the same aliases runs, except for the isolate's first update. Never throws for a bad artifact.
   */
  async update(aliases: Aliases, context: UpdateContext): Promise<ServedModels> {
    this.refused = this.refused.filter(({ alias, sha256 }) => sha256 === wantedBy(aliases, alias, context.bundled));
    if (this.served !== undefined && !(this.served.provisional && context.aliasesKnown)) {
      const isServed =
        // Where no model needs the runtime any more, that it did not start is forgotten.
        this.served.runtimeError === undefined &&
        this.serves(aliases, context.bundled) &&
        sameStandIns(this.served, aliases, context) &&
        sameModels(this.served.byAlias, atThresholds(this.served.byAlias, context));
      if (isServed || this.isUpdatingTo(aliases, context)) return this.served;
    }
    const update = new Update(this.served, aliases, context);
    this.updating = update;
    try {
      return await update.run((done) => this.swap(done));
    } finally {
      if (this.updating === update) this.updating = undefined;
    }
  }

  private isUpdatingTo(aliases: Aliases, { nowMs, thresholds }: UpdateContext): boolean {
    const { updating } = this;
    if (updating === undefined || !isFresh(updating.context.nowMs, UPDATE_TIMEOUT_MS, nowMs)) return false;
    const soon = updating.context.thresholds;
    return ALIASES.every(
      (alias) =>
        updating.aliases[alias] === aliases[alias] && soon?.[alias]?.threshold === thresholds?.[alias]?.threshold,
    );
  }

  /** Whether every alias is served as requested or was refused for a permanent reason. */
  private serves(aliases: Aliases, bundled: BundledSet): boolean {
    return ALIASES.every((alias) => {
      const wanted = wantedBy(aliases, alias, bundled);
      if (shaOf(this.served?.byAlias[alias]) === wanted) return true;
      return this.refused.some((r) => r.alias === alias && r.sha256 === wanted && !TRANSIENT.has(r.code));
    });
  }

  /**
   * Synchronous, so that nothing else runs between a finished load and the swap. Returns the scorers to release. Drops
   * an update that began on an older set, because it may hold released scorers; the next update makes up for it.
   */
  private swap(update: Update): { served: ServedModels; leftOver: Set<Scorer> } {
    const before = this.served;
    if (before !== undefined && before !== update.before) {
      return { served: before, leftOver: new Set(update.fresh.values()) };
    }
    const byAlias = atThresholds(update.byAlias, update.context);
    const changed = before === undefined || !sameModels(before.byAlias, byAlias);
    const version = (before?.version ?? 0) + (changed ? 1 : 0);
    const unfetched = update.refusals.some(({ alias, code }) => alias !== "rows" && code === "store_unavailable");
    const provisional = !update.context.aliasesKnown || unfetched;
    const { aliases, context, runtimeError } = update;
    const knowledge = whatIsKnown(byAlias, aliases, context);
    this.served = { version, byAlias, runtimeError, provisional, ...knowledge };
    this.refused = update.refusals;
    if (changed && before !== undefined) this.swaps += 1;
    const leftOver = new Set([...scorersOf(before), ...update.fresh.values()]);
    for (const scorer of scorersOf(this.served)) leftOver.delete(scorer);
    return { served: this.served, leftOver };
  }
}

/** One pass over the aliases: which models to load, which were refused, which serve instead. */
class Update {
  readonly byAlias: Partial<Record<Alias, Scorer>> = {};
  readonly refusals: Refusal[] = [];
  readonly fresh = new Map<string, Scorer>();
  runtimeError: string | undefined;
  readonly before: ServedModels | undefined;
  readonly aliases: Aliases;
  readonly context: UpdateContext;

  constructor(before: ServedModels | undefined, aliases: Aliases, context: UpdateContext) {
    this.before = before;
    this.aliases = aliases;
    this.context = context;
  }

  async run(swap: (update: Update) => { served: ServedModels; leftOver: Set<Scorer> }): Promise<ServedModels> {
    for (const alias of ALIASES) {
      const wanted = wantedBy(this.aliases, alias, this.context.bundled);
      const loaded = wanted === undefined ? undefined : await this.tryLoad(alias, wanted);
      const scorer = loaded ?? (await this.insteadOf(alias));
      if (scorer !== undefined) this.byAlias[alias] = scorer;
    }
    const { served, leftOver } = swap(this);
    for (const scorer of leftOver) await scorer.release();
    return served;
  }

  /**
   * The fallback for a refused artifact. There is none for challenger and predecessor: no other model may take their
   * place in a comparison.
   */
  private async insteadOf(alias: Alias): Promise<Scorer | undefined> {
    if (alias === "challenger" || alias === "predecessor") return undefined;
    const bundled = this.context.bundled[alias];
    const isTried = wantedBy(this.aliases, alias, this.context.bundled) === bundled;
    return this.loadedBefore(alias) ?? (isTried ? undefined : await this.tryLoad(alias, bundled));
  }

  private loadedBefore(alias: Alias): Scorer | undefined {
    const scorer = this.before?.byAlias[alias];
    return scorer && loadedScorer(scorer);
  }

  private async tryLoad(alias: Alias, sha256: string): Promise<Scorer | undefined> {
    try {
      let scorer = scorersOf(this.before).find((known) => shaOf(known) === sha256) ?? this.fresh.get(sha256);
      if (scorer === undefined) {
        const files = bundledArtifact(sha256) ?? (await this.context.store.read(sha256));
        const { runtimeError } = this;
        scorer = await loadArtifact(files, sha256, this.context.grid, { runtimeError });
        this.fresh.set(sha256, scorer);
      }
      requireFit(alias, scorer.manifest);
      if (alias === "predecessor") requireSameLabel(scorer.manifest, this.byAlias.champion?.manifest);
      return scorer;
    } catch (error) {
      if (error instanceof RuntimeUnavailableError) {
        this.runtimeError = error.message;
      } else if (error instanceof ArtifactError) {
        const message = refusalText(error, sha256);
        this.refusals.push({ alias, sha256, code: error.code, message, atMs: this.context.nowMs });
      } else {
        throw error;
      }
      return undefined;
    }
  }
}

function whatIsKnown(
  byAlias: ServedModels["byAlias"],
  aliases: Aliases,
  { aliasesKnown, bundled }: UpdateContext,
): Pick<ServedModels, "standIns" | "championKnown"> {
  const serving = ALIASES.filter((alias) => byAlias[alias] !== undefined);
  const standIns = serving.filter(
    (alias) => !aliasesKnown || shaOf(byAlias[alias]) !== wantedBy(aliases, alias, bundled),
  );
  const isNamed = aliases.champion !== undefined;
  return { standIns: new Set(standIns), championKnown: aliasesKnown && !(isNamed && standIns.includes("champion")) };
}

/** Whether the set says of itself what it would say after another update. */
function sameStandIns({ byAlias, standIns }: ServedModels, aliases: Aliases, context: UpdateContext): boolean {
  const now = whatIsKnown(byAlias, aliases, context).standIns;
  return ALIASES.every((alias) => standIns.has(alias) === now.has(alias));
}

/**
 * SHA-256 of the artifact requested for an alias; `undefined` without a challenger or predecessor. A reference that was
 * never named is the persistence that was, as in a registry of an earlier version.
 */
export function wantedBy(aliases: Aliases, alias: Alias, bundled: BundledSet): string | undefined {
  if (alias === "challenger" || alias === "predecessor") return aliases[alias];
  if (alias === "reference") return aliases.reference ?? aliases.persistence ?? bundled.reference;
  return aliases[alias] ?? bundled[alias];
}

/** A bundled model that does not fit says for which grids there are some. */
function refusalText({ code, message }: ArtifactError, sha256: string): string {
  const isOfOtherGrid = code === "schema_mismatch" || code === "horizon_mismatch";
  if (!isOfOtherGrid || bundledArtifact(sha256) === undefined) return message;
  return `${message}. Models are bundled for steps of ${BUNDLED_GRIDS}; for another grid or horizon publish one`;
}

/** Throws `ArtifactError` if the model takes another kind of row than the alias serves. */
export function requireFit(alias: Alias, { row }: Manifest): void {
  if (alias !== "rows" || row === "peer-10") return;
  throw new ArtifactError("schema_mismatch", `row: got ${row}, expected peer-10 for the alias rows`);
}

/** Throws `ArtifactError` for a predecessor that cannot be compared with the champion. */
function requireSameLabel({ label }: Manifest, champion: Manifest | undefined): void {
  if (champion === undefined || labelSpecText(label) === labelSpecText(champion.label)) return;
  const text = `label: got ${labelSpecText(label)}, expected the champion's, ${labelSpecText(champion.label)}`;
  throw new ArtifactError("schema_mismatch", text);
}

/** The models under the thresholds that operators chose for them. */
function atThresholds(byAlias: ServedModels["byAlias"], { thresholds }: UpdateContext): ServedModels["byAlias"] {
  const chosen: Partial<Record<Alias, Scorer>> = {};
  for (const alias of ALIASES) {
    const scorer = byAlias[alias];
    if (scorer !== undefined) chosen[alias] = atThreshold(scorer, thresholds?.[alias]);
  }
  return chosen;
}

/** Whether the same models serve under the same thresholds. */
function sameModels(a: ServedModels["byAlias"], b: ServedModels["byAlias"]): boolean {
  return ALIASES.every((alias) => {
    const [one, other] = [a[alias], b[alias]];
    if (one === undefined || other === undefined) return one === other;
    return loadedScorer(one) === loadedScorer(other) && one.manifest.threshold === other.manifest.threshold;
  });
}

/** The models as they were loaded. */
function scorersOf(served: ServedModels | undefined): Scorer[] {
  return served === undefined ? [] : Object.values(served.byAlias).map(loadedScorer);
}

/** The artifact's SHA-256 of a scorer. */
function shaOf(scorer: Scorer | undefined): string | undefined {
  return scorer?.manifest.onnxSha256;
}

/** The isolate's model host. */
export const modelHost = new ModelHost();
