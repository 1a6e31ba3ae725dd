// What batches, hours and seconds take of what Cloudflare bills, as `npm run bench:costs -- --hours 1` printed it on
// 2026-11-30, beside other work on the machine: rows and requests repeat, times vary by a half.

export const MEASURED = {
  /** A batch writes its slot, and now and then a snapshot. */
  rowsWrittenOfBatch: 1.162,
  /** Of a symbol: snapshots by steps, pages of quality and drift, progress of the archive, alarms. */
  rowsWrittenOfHour: 81.7,
  rowsReadOfBatch: 2.16,
  /** Of a symbol: its alarms. */
  objectRequestsOfHour: 8,
  /** Of the gateway, one isolate: the registry's state, counters, reports of health. */
  objectRequestsOfSecond: 0.317,
  /** Of a symbol: four objects of ticks and four of predictions. */
  bucketWritesOfHour: 8,
  bucketReadsOfHour: 0,
  /** Of the whole process, so that it is at most the Worker's part: Cloudflare bills the objects' by duration. */
  cpuMsOfBatch: 5.0,
  cpuMsOfTick: 0.016,
  /** Between call and answer of a symbol's object. What a tick more takes was lost in the noise. */
  activeMsOfBatch: 4.9,
  activeMsOfTick: 0,
  archivedBytesOfTick: 23.3,
  archivedBytesOfStep: 9.2,
  databaseBytes: 7_143_424,
} as const;
