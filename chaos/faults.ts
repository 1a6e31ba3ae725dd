// The list of all faults: what `--faults` names.
import type { Fault } from "./fault.ts";
import { bucketCuts, bucketRefuses, bucketSlow } from "./faults/bucket.ts";
import { changedLabel } from "./faults/changed-label.ts";
import { diskFull } from "./faults/disk-full.ts";
import { deploy, kill } from "./faults/kill.ts";
import { killInArchive } from "./faults/kill-in-archive.ts";
import { producerRepeats } from "./faults/producers.ts";
import { registryAway } from "./faults/registry-away.ts";
import { slotDamaged, snapshotDamaged } from "./faults/storage.ts";

export const FAULTS: readonly Fault[] = [
  ...[kill, deploy, killInArchive],
  ...[bucketRefuses, bucketCuts, bucketSlow],
  ...[diskFull, snapshotDamaged, slotDamaged],
  ...[registryAway, changedLabel],
  producerRepeats,
];
