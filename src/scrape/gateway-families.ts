// The metrics of the gateway as a whole, but for its feeds.
import type { AlertFiguresOfAll } from "../durable/alerts/object.ts";
import { type ChampionWatch, GUARD_ROLES, type GuardRole, judgeWatch } from "../quality/promotion/champion-watch.ts";
import type { KeptFigures } from "../jobs/experiment/kept-experiment-figures.ts";
import type { HealthReason } from "../health/gateway-health.ts";
import { type GatewayMetric, type LabelsOf, METRICS } from "../metrics.ts";
import type { Family } from "./exposition.ts";
import { symbolLabels } from "./symbol-labels.ts";

type SamplesOf<Name extends GatewayMetric> = readonly { readonly labels: LabelsOf<Name>; readonly value: number }[];

/** Alerts and their delivery. @param figures `undefined` when the object did not answer: `volgate_alerts_up` is 0. */
export function alertFamilies(figures: AlertFiguresOfAll | undefined): Family[] {
  const up = family("volgate_alerts_up", [{ labels: {}, value: figures === undefined ? 0 : 1 }]);
  if (figures === undefined) return [up];
  const { active, deliveries, queues, open } = figures;
  return [
    up,
    family(
      "volgate_alert_active",
      active.map(({ symbol, rule }) => ({ labels: { ...symbolLabels(symbol), rule }, value: 1 })),
    ),
    family(
      "volgate_webhook_deliveries_total",
      deliveries.map(({ webhook, outcome, count }) => ({ labels: { webhook, outcome }, value: count })),
    ),
    family(
      "volgate_webhook_waiting",
      queues.map(({ webhook, waiting }) => ({ labels: { webhook }, value: waiting })),
    ),
    family(
      "volgate_webhook_open",
      open.map(({ webhook, open: value }) => ({ labels: { webhook }, value })),
    ),
    family(
      "volgate_webhook_dead_letters",
      queues.map(({ webhook, dead }) => ({ labels: { webhook }, value: dead })),
    ),
  ];
}

/**
 * The stored evidence of the running experiment; empty without an experiment or without an answer from the registry.
 */
export function experimentFamilies(figures: KeptFigures | undefined): Family[] {
  if (figures === undefined) return [];
  return [
    family("volgate_experiment_e_value", [{ labels: {}, value: figures.eValue }]),
    family("volgate_experiment_needed_e_value", [{ labels: {}, value: figures.neededEValue }]),
    family("volgate_experiment_tries", [{ labels: {}, value: figures.tries }]),
    family("volgate_experiment_blocks", [{ labels: {}, value: figures.blocks }]),
    family("volgate_experiment_episodes", [{ labels: {}, value: figures.episodes }]),
  ];
}

/** The champion's watches as of the last look; empty without an answer from the registry. */
export function watchFamilies(watches: KeptWatches | undefined, stepMs: number): Family[] {
  const judged = GUARD_ROLES.flatMap((guard) => {
    const watch = watches?.[guard];
    return watch === undefined ? [] : [{ labels: { guard }, ...judgeWatch(watch, stepMs) }];
  });
  if (judged.length === 0) return [];
  const of = (value: (one: (typeof judged)[number]) => number) =>
    judged.map((one) => ({ labels: one.labels, value: value(one) }));
  return [
    family(
      "volgate_watch_e_value",
      of(({ worse }) => worse.eValue),
    ),
    family(
      "volgate_watch_needed_e_value",
      of(({ worse }) => worse.needs.eValue),
    ),
    family(
      "volgate_watch_blocks",
      of(({ worse }) => worse.blocks),
    ),
    family(
      "volgate_champion_worse",
      of(({ code }) => Number(code === "worse")),
    ),
  ];
}

type KeptWatches = Readonly<Partial<Record<GuardRole, ChampionWatch>>>;

/** What a scrape says of itself. */
export interface ScrapeFacts {
  readonly build: { readonly version: string; readonly commit: string | null };
  /** Symbols of the directory. */
  readonly symbols: number;
  readonly shards: number;
  /** Symbols that no shard of this kind of scrape has. */
  readonly unscraped: number;
}

export function scrapeFamilies({ build, symbols, shards, unscraped }: ScrapeFacts): Family[] {
  const { version, commit } = build;
  return [
    family("volgate_build_info", [{ labels: { version, commit: commit ?? "unknown" }, value: 1 }]),
    family("volgate_symbols", [{ labels: {}, value: symbols }]),
    family("volgate_scrape_shards", [{ labels: {}, value: shards }]),
    family("volgate_unscraped_symbols", [{ labels: {}, value: unscraped }]),
  ];
}

/** How many symbols or aliases each reason concerns; empty when the gateway is healthy. */
export function degradedFamily(reasons: readonly HealthReason[]): Family {
  return family(
    "volgate_degraded",
    reasons.map(({ code, count }) => ({ labels: { reason: code }, value: count })),
  );
}

function family<Name extends GatewayMetric>(name: Name, samples: SamplesOf<Name>): Family {
  return { name, metric: METRICS.gateway[name], samples };
}
