// The process ends while an object of the archive is being written: before the bucket has it, or after.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Scene } from "../fault.ts";
import { metric } from "../witness.ts";

const KILLS = 2;
/** The archive writes every quarter of an hour of the market's time. */
const PUT_WITHIN_MS = 60_000;

export const killInArchive: Fault = {
  name: "kill-in-archive",
  about: "kill -9 in the middle of a put to R2, before the bucket has the object or after",
  told: [metric("volgate_isolates")],
  run: async (scene) => {
    scene.load.begin();
    for (let life = 0; life < KILLS; life++) await killAtPut(scene);
    await scene.load.finish();
  },
};

async function killAtPut({ gateway, random, between, injured, violation }: Scene): Promise<void> {
  const isStored = random.uniform() < 0.5;
  const isAtPut = new Promise<boolean>((done) => {
    setTimeout(() => done(false), PUT_WITHIN_MS).unref();
    gateway.bucket.damage = ({ method }) => {
      if (method !== "put") return undefined;
      done(true);
      return isStored ? { kind: "lose" } : { kind: "hang" };
    };
  });
  if (!(await isAtPut)) violation(`no put to the bucket within ${PUT_WITHIN_MS / 1000} s`);
  await sleep(between(0, 50));
  await gateway.kill();
  injured();
  gateway.bucket.damage = () => undefined;
  await gateway.start();
}
