// Cloudflare's prices for Workers Paid, with their sources. They were read in stored copies of Cloudflare's documentation,
// not on the live pages: look them up before you count on them.

export interface Price {
  /** What is counted. */
  readonly what: string;
  readonly dollars: number;
  /** For so many units. */
  readonly per: number;
  /** Units a month that the $5 include. */
  readonly included: number;
  readonly unit: string;
  readonly source: keyof typeof SOURCES;
}

/** Pages, and the commit of the repository cloudflare/cloudflare-docs whose copy was read. */
export const SOURCES = {
  workers: { url: "https://developers.cloudflare.com/workers/platform/pricing/", commit: "07acbb6" },
  objects: { url: "https://developers.cloudflare.com/durable-objects/platform/pricing/", commit: "07e200b" },
  r2: { url: "https://developers.cloudflare.com/r2/pricing/", commit: "07ec87d" },
  logs: { url: "https://developers.cloudflare.com/workers/platform/pricing/#workers-logs", commit: "0ec9be2" },
} as const;

/** The day on which the copies were read. */
export const READ_ON = "2026-11-30";

/** Of the plan itself, a month. */
export const SUBSCRIPTION_DOLLARS = 5;

/** What an object is billed for while it is active, whatever it takes. */
export const OBJECT_GB = 0.128;

const MILLION = 1e6;

export const PRICES = {
  workerRequests: {
    what: "requests to the Worker",
    ...{ dollars: 0.3, per: MILLION, included: 10 * MILLION, unit: "requests", source: "workers" },
  },
  workerCpuMs: {
    what: "processor time of the Worker",
    ...{ dollars: 0.02, per: MILLION, included: 30 * MILLION, unit: "ms", source: "workers" },
  },
  objectRequests: {
    what: "requests of objects: method calls and alarms",
    ...{ dollars: 0.15, per: MILLION, included: MILLION, unit: "requests", source: "objects" },
  },
  objectGbSeconds: {
    what: "time that objects are active",
    ...{ dollars: 12.5, per: MILLION, included: 400_000, unit: "GB-s", source: "objects" },
  },
  rowsWritten: {
    what: "rows written: inserts, deletes and alarms that are set",
    ...{ dollars: 1, per: MILLION, included: 50 * MILLION, unit: "rows", source: "objects" },
  },
  rowsRead: {
    what: "rows read",
    ...{ dollars: 0.001, per: MILLION, included: 25_000 * MILLION, unit: "rows", source: "objects" },
  },
  objectStorageGb: {
    what: "databases of objects",
    ...{ dollars: 0.2, per: 1, included: 5, unit: "GB", source: "objects" },
  },
  bucketWrites: {
    what: "R2, class A: puts and listings",
    ...{ dollars: 4.5, per: MILLION, included: MILLION, unit: "requests", source: "r2" },
  },
  bucketReads: {
    what: "R2, class B: gets and heads",
    ...{ dollars: 0.36, per: MILLION, included: 10 * MILLION, unit: "requests", source: "r2" },
  },
  bucketStorageGb: {
    what: "R2, what one month adds to the archive",
    ...{ dollars: 0.015, per: 1, included: 10, unit: "GB", source: "r2" },
  },
  logLines: {
    what: "log lines",
    ...{ dollars: 0.6, per: MILLION, included: 20 * MILLION, unit: "lines", source: "logs" },
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;
