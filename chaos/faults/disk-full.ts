// The disk of the databases is full for some time: batches are refused with a time, and none that was acknowledged is
// missing afterwards.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { health, metric } from "../witness.ts";

export const diskFull: Fault = {
  name: "disk-full",
  about: "the disk of the databases is full under load, and has room again later",
  told: [metric("volgate_ingest_failures_total"), health("ingest_failed")],
  diskMegabytes: 64,
  run: async ({ disk, load, between, untilTold, injured }) => {
    load.begin();
    await sleep(between(100, 800));
    disk!.fill();
    injured();
    await untilTold();
    disk!.free();
    await sleep(1_000);
    await load.finish();
  },
};
