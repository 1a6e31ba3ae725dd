// What a gateway costs on Cloudflare a month: quantities from symbols, ticks and the way of ingest; dollars from those. A
// calculation, not a bill: Cloudflare rounds up, and what an object's waiting takes there cannot be measured here.
import { MEASURED } from "./measured-use.ts";
import { OBJECT_GB, type PriceName, PRICES, SUBSCRIPTION_DOLLARS } from "./prices.ts";

/** How ticks come in. */
export const WAYS = {
  hundreds: "HTTP, one request a symbol for every 100 ticks",
  seconds: "HTTP, one request a second with the ticks of all symbols",
  node: "a feed of Node or Kafka, which sends five times a second what has come",
  feed: "a feed in the Worker, which hands over what has come twice a second",
} as const;
export type Way = keyof typeof WAYS;

export interface Load {
  readonly symbols: number;
  /** Of each symbol. */
  readonly ticksPerSecond: number;
  readonly via: Way;
}

export type Quantities = Readonly<Record<PriceName, number>>;

export interface Cost {
  /** A month, with objects that are active for as long as a batch took in the measurement. */
  readonly quantities: Quantities;
  readonly dollars: Readonly<Record<PriceName, number>>;
  readonly totalDollars: number;
  /** With every symbol's object active all the time. */
  readonly mostDollars: number;
}

/** 365.25 days in 12 parts. */
export const MONTH_SECONDS = 2_629_800;
/** What one request may hold. */
const MOST_TICKS_A_REQUEST = 5_000;
/** Times a second at which what has come is sent on. */
const SENDS_PER_SECOND = { seconds: 1, node: 5, feed: 2 } as const;
/** A feed's alarm looks after its sockets every five seconds, and is set again: a request and a row. */
const FEED_ALARMS_PER_SECOND = 0.2;
/** Every quarter of an hour; the weekly one is not worth counting. */
const CRONS_PER_SECOND = 1 / 900;

/** Example: one symbol with a tick a second by HTTP, once a second, is 2.63 million Worker requests a month. */
export function costOf(load: Load): Cost {
  const quantities = quantitiesOf(load, undefined);
  const dollars = dollarsOf(quantities);
  return { quantities, dollars, totalDollars: totalOf(dollars), mostDollars: totalOf(dollarsOf(quantitiesOf(load, 1))) };
}

/** Batches a second of one symbol. Ticks that come by chance leave some sends without any. */
export function batchesPerSecond({ ticksPerSecond, via }: Load): number {
  if (via === "hundreds") return ticksPerSecond / 100;
  const sends = SENDS_PER_SECOND[via];
  return sends * (1 - Math.exp(-ticksPerSecond / sends));
}

/** @param activeShare of each symbol's object; `undefined` for what its batches took in the measurement. */
function quantitiesOf(load: Load, activeShare: number | undefined): Quantities {
  const { symbols, ticksPerSecond, via } = load;
  const batches = batchesPerSecond(load) * symbols;
  const ticks = ticksPerSecond * symbols;
  const isFeed = via === "feed";
  const share = activeShare ?? Math.min(1, batchesPerSecond(load) * activeSecondsOf(load));
  const hours = symbols / 3600;
  const perSecond: Quantities = {
    workerRequests: requestsPerSecond(load) + CRONS_PER_SECOND,
    workerCpuMs: isFeed ? 0 : batches * MEASURED.cpuMsOfBatch + ticks * MEASURED.cpuMsOfTick,
    objectRequests:
      batches + hours * MEASURED.objectRequestsOfHour + MEASURED.objectRequestsOfSecond + (isFeed ? FEED_ALARMS_PER_SECOND : 0),
    objectGbSeconds: OBJECT_GB * (symbols * share + (isFeed ? 1 : 0)),
    rowsWritten: batches * MEASURED.rowsWrittenOfBatch + hours * MEASURED.rowsWrittenOfHour + (isFeed ? FEED_ALARMS_PER_SECOND : 0),
    rowsRead: batches * MEASURED.rowsReadOfBatch,
    objectStorageGb: 0,
    bucketWrites: hours * MEASURED.bucketWritesOfHour,
    bucketReads: hours * MEASURED.bucketReadsOfHour,
    bucketStorageGb: (ticks * MEASURED.archivedBytesOfTick + symbols * MEASURED.archivedBytesOfStep) / 1e9,
    logLines: 0,
  };
  const month = Object.fromEntries(
    Object.entries(perSecond).map(([name, value]) => [name, value * MONTH_SECONDS]),
  ) as Record<PriceName, number>;
  return { ...month, objectStorageGb: (symbols * MEASURED.databaseBytes) / 1e9 };
}

function requestsPerSecond(load: Load): number {
  const { symbols, ticksPerSecond, via } = load;
  if (via === "feed") return 0;
  if (via === "hundreds") return batchesPerSecond(load) * symbols;
  const sends = SENDS_PER_SECOND[via];
  const ticksOfSend = (symbols * ticksPerSecond) / sends;
  // Sends without a tick of any symbol are no requests.
  return sends * Math.max(1 - Math.exp(-ticksOfSend), Math.ceil(ticksOfSend / MOST_TICKS_A_REQUEST) - (ticksOfSend < 1 ? 1 : 0));
}

function activeSecondsOf(load: Load): number {
  const ticksOfBatch = load.ticksPerSecond / batchesPerSecond(load);
  return (MEASURED.activeMsOfBatch + ticksOfBatch * MEASURED.activeMsOfTick) / 1000;
}

function dollarsOf(quantities: Quantities): Record<PriceName, number> {
  return Object.fromEntries(
    Object.entries(PRICES).map(([name, { dollars, per, included }]) => {
      return [name, (Math.max(0, quantities[name as PriceName] - included) / per) * dollars];
    }),
  ) as Record<PriceName, number>;
}

function totalOf(dollars: Readonly<Record<PriceName, number>>): number {
  return SUBSCRIPTION_DOLLARS + Object.values(dollars).reduce((sum, one) => sum + one, 0);
}
