// Which models have a history, and the place of each in the stores. Every history carries its model's serial number, so
// a reused place needs no clearing: data with an older serial is ignored.
import {
  type PairRole,
  type QualityGuards,
  type QualityPair,
  type QualitySeries,
  checkSeries,
  MAX_PLACES,
  MAX_SET,
  MAX_SPECS,
} from "./quality-series.ts";

/** A label spec that some model with a history has. */
export interface SpecEntry {
  readonly serial: number;
  readonly place: number;
  readonly labelText: string;
  readonly horizonSteps: number;
  /** Place in the engine's list; −1 while no model in use has it. */
  column: number;
}

/** A model with a history. */
export interface SeriesEntry {
  readonly serial: number;
  readonly place: number;
  readonly sha256: string;
  /** The last one in use: only bins without edges depend on it. */
  threshold: number;
  /** Edges of its score bins; none for bins of equal width. Not in the catalogue's JSON: every page has that. */
  edges: readonly number[];
  /** Place of its spec among `specs`. */
  readonly spec: number;
  /** 0 while in use, else the revision at which its use ended. */
  absentSince: number;
}

/** Two models in use whose gains are counted. */
export interface PairEntry {
  readonly champion: SeriesEntry;
  readonly rival: SeriesEntry;
  /** Data stored under another number belongs to an earlier pair. */
  readonly number: number;
}

type GuardRole = keyof QualityGuards;
const GUARD_ROLES = ["predecessor", "reference"] as const satisfies readonly GuardRole[];

interface CatalogueState {
  readonly revision: number;
  readonly nextSerial: number;
  readonly series: readonly (SeriesEntry | null)[];
  readonly specs: readonly (SpecEntry | null)[];
  /** Places of the models in use, in the order in which the caller names them. */
  readonly order: readonly number[];
  /** Places of champion and challenger, and which pair in a row this is. */
  readonly pair: { readonly champion: number; readonly challenger: number } | null;
  readonly pairNumber: number;
  /** Places of the guards' pairs. Absent in states of an earlier version. */
  readonly guards?: Readonly<Partial<Record<GuardRole, StoredGuard>>>;
}

interface StoredGuard {
  readonly champion: number;
  readonly rival: number;
  readonly number: number;
}

/** Places of models and label specs. A model that returns finds its history unless its place was reused. */
export class SeriesCatalogue {
  /** Incremented with every change. */
  revision = 0;
  readonly series: (SeriesEntry | undefined)[] = new Array<undefined>(MAX_PLACES).fill(undefined);
  readonly specs: (SpecEntry | undefined)[] = new Array<undefined>(MAX_SPECS).fill(undefined);
  /** The models in use, in the caller's order. */
  current: readonly SeriesEntry[] = [];
  pair: { readonly champion: SeriesEntry; readonly challenger: SeriesEntry } | undefined;
  /** Incremented with every new pair: data stored under another number belongs to an earlier pair. */
  pairNumber = 0;
  private guards: Partial<Record<GuardRole, PairEntry>> = {};
  private nextSerial = 1;

  /** Sets the models in use. Throws `RangeError` for an invalid list (`checkSeries`). */
  use(wanted: readonly QualitySeries[], pair: QualityPair | undefined, guards: QualityGuards = {}): void {
    checkSeries(wanted, pair, guards);
    const before = JSON.stringify(this);
    this.revision += 1;
    this.useSpecs(wanted);
    for (const entry of this.series) {
      if (entry === undefined) continue;
      const match = wanted.find((one) => this.isSame(entry, one));
      if (match !== undefined) {
        entry.absentSince = 0;
        entry.edges = match.edges ?? [];
        entry.threshold = match.threshold;
      } else if (wanted.some(({ sha256 }) => sha256 === entry.sha256)) this.series[entry.place] = undefined;
      else if (entry.absentSince === 0) entry.absentSince = this.revision;
    }
    this.current = wanted.map((one) => this.series.find((entry) => entry && this.isSame(entry, one)) ?? this.add(one));
    this.usePair(pair);
    this.useGuards(wanted[0], guards);
    this.revision -= 1;
    if (JSON.stringify(this) !== before) this.revision += 1;
  }

  /** The spec of a model. */
  specOf({ spec }: SeriesEntry): SpecEntry {
    return this.specs[spec]!;
  }

  /** The pair of a role, if its models predict the same label. */
  pairOf(role: PairRole): PairEntry | undefined {
    const { pair } = this;
    if (role !== "challenger") return this.guards[role];
    return pair && { champion: pair.champion, rival: pair.challenger, number: this.pairNumber };
  }

  toJSON(): CatalogueState {
    const { revision, nextSerial, series, specs, current, pair, pairNumber, guards } = this;
    return {
      revision,
      nextSerial,
      series: series.map((entry) => (entry === undefined ? null : { ...entry, edges: [] })),
      specs: specs.map((entry) => entry ?? null),
      order: current.map(({ place }) => place),
      pair: pair === undefined ? null : { champion: pair.champion.place, challenger: pair.challenger.place },
      pairNumber,
      guards: Object.fromEntries(
        Object.entries(guards).map(([role, { champion, rival, number }]) => {
          return [role, { champion: champion.place, rival: rival.place, number }];
        }),
      ),
    };
  }

  /** The catalogue that `JSON.stringify` wrote. */
  static parse(text: string): SeriesCatalogue {
    const state = JSON.parse(text) as CatalogueState;
    const catalogue = new SeriesCatalogue();
    catalogue.revision = state.revision;
    catalogue.nextSerial = state.nextSerial;
    for (const entry of state.series) if (entry !== null) catalogue.series[entry.place] = entry;
    for (const entry of state.specs) if (entry !== null) catalogue.specs[entry.place] = entry;
    catalogue.current = state.order.map((place) => catalogue.series[place]!);
    if (state.pair !== null) {
      const { champion, challenger } = state.pair;
      catalogue.pair = { champion: catalogue.series[champion]!, challenger: catalogue.series[challenger]! };
    }
    catalogue.pairNumber = state.pairNumber;
    for (const role of GUARD_ROLES) {
      const guard = state.guards?.[role];
      if (guard === undefined) continue;
      const [champion, rival] = [catalogue.series[guard.champion]!, catalogue.series[guard.rival]!];
      catalogue.guards[role] = { champion, rival, number: guard.number };
    }
    return catalogue;
  }

  private useSpecs(wanted: readonly QualitySeries[]): void {
    const { specs } = this;
    for (const spec of specs) if (spec !== undefined) spec.column = -1;
    for (const { labelText, spec } of wanted) {
      const known = specs.find((entry) => entry?.labelText === labelText);
      if (known !== undefined) known.column = spec;
    }
    for (const { labelText, horizonSteps, spec: column } of wanted) {
      if (specs.some((entry) => entry?.labelText === labelText)) continue;
      const free = specs.indexOf(undefined);
      const place = free >= 0 ? free : specs.findIndex((entry) => entry!.column < 0);
      for (const [p, entry] of this.series.entries()) if (entry?.spec === place) this.series[p] = undefined;
      specs[place] = { serial: this.nextSerial++, place, labelText, horizonSteps, column };
    }
  }

  private usePair(pair: QualityPair | undefined): void {
    const place = (sha256: string): SeriesEntry => this.current.find((entry) => entry.sha256 === sha256)!;
    const next = pair && { champion: place(pair.champion), challenger: place(pair.challenger) };
    const { champion, challenger } = this.pair ?? {};
    const same = next?.champion.serial === champion?.serial && next?.challenger.serial === challenger?.serial;
    if (!same) this.pairNumber += 1;
    this.pair = next;
  }

  /** The first of the models in use is the champion. A guard of another label compares nothing. */
  private useGuards(first: QualitySeries | undefined, wanted: QualityGuards): void {
    const champion = this.current.find(({ sha256 }) => sha256 === first?.sha256);
    const guards: Partial<Record<GuardRole, PairEntry>> = {};
    for (const role of GUARD_ROLES) {
      const rival = this.current.find(({ sha256 }) => sha256 === wanted[role]);
      if (champion === undefined || rival?.spec !== champion.spec || rival === champion) continue;
      const before = this.guards[role];
      const isKnown = before?.champion.serial === champion.serial && before.rival.serial === rival.serial;
      guards[role] = { champion, rival, number: isKnown ? before.number : this.nextSerial++ };
    }
    this.guards = guards;
  }

  private isSame({ sha256, threshold, edges, spec }: SeriesEntry, one: QualitySeries): boolean {
    if (sha256 !== one.sha256 || this.specs[spec]?.labelText !== one.labelText) return false;
    // Bins between given edges do not depend on the threshold, which is one of them.
    const hasSameEdges = edges.length > 0 && edges.join() === one.edges?.join();
    return threshold === one.threshold || hasSameEdges;
  }

  /** The models whose histories a whole set of new models would replace, the first to go first. */
  get nextDropped(): readonly SeriesEntry[] {
    const free = this.series.filter((entry) => entry === undefined).length;
    return this.absent.slice(0, Math.max(0, MAX_SET - free));
  }

  /** The models that are not in use, the longest absent first. */
  private get absent(): readonly SeriesEntry[] {
    return this.series
      .filter((entry) => entry !== undefined && entry.absentSince > 0)
      .sort((a, b) => a!.absentSince - b!.absentSince) as SeriesEntry[];
  }

  /** Uses a free place, or the place of the model that is absent longest. */
  private add({ sha256, threshold, edges = [], labelText }: QualitySeries): SeriesEntry {
    const free = this.series.indexOf(undefined);
    const place = free >= 0 ? free : this.absent[0]!.place;
    const spec = this.specs.findIndex((entry) => entry?.labelText === labelText);
    const entry = { serial: this.nextSerial++, place, sha256, threshold, edges, spec, absentSince: 0 };
    this.series[place] = entry;
    return entry;
  }
}
