// R2 fails in its several ways while ticks come in; the archive must be whole when it works again.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Scene } from "../fault.ts";
import type { BucketDamage } from "../faulty-bucket.ts";
import { health, metric } from "../witness.ts";

const FAILED = [metric("volgate_archive_failures_total"), health("archive_failed")];

export const bucketRefuses: Fault = {
  name: "r2-refuses",
  about: "every operation of R2 is answered with an internal error",
  told: FAILED,
  run: (scene) => failing(scene, () => ({ kind: "refuse" })),
};

export const bucketCuts: Fault = {
  name: "r2-half",
  about: "connections to R2 break in the middle of an object, or after it is stored",
  told: FAILED,
  run: (scene) => failing(scene, () => ({ kind: scene.random.uniform() < 0.5 ? "cut" : "lose" })),
};

async function failing(
  { gateway, load, untilTold, untilGone, injured }: Scene,
  damage: () => BucketDamage,
): Promise<void> {
  load.begin();
  gateway.bucket.damage = () => {
    injured();
    return damage();
  };
  await untilTold();
  gateway.bucket.damage = () => undefined;
  await load.finish();
  await untilGone("archive_failed");
}

export const bucketSlow: Fault = {
  name: "r2-slow",
  about: "every operation of R2 takes one to five seconds",
  told: [metric("volgate_archive_waiting_bytes")],
  run: async ({ gateway, load, between, injured }) => {
    gateway.bucket.damage = () => {
      injured();
      return { kind: "slow", ms: between(1_000, 5_000) };
    };
    load.begin();
    await sleep(8_000);
    await load.finish();
    gateway.bucket.damage = () => undefined;
  },
};
