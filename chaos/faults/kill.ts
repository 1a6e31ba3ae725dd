// The process ends at once, as when the machine fails, or is asked to end, as a deploy does.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { metric } from "../witness.ts";

const KILLS = 5;

export const kill: Fault = {
  name: "kill",
  about: "kill -9 at random moments under load",
  // A process that comes back reports itself as another isolate.
  told: [metric("volgate_isolates")],
  run: async ({ gateway, load, between, injured }) => {
    load.begin();
    for (let life = 0; life < KILLS; life++) {
      await sleep(between(20, 900));
      await gateway.kill();
      injured();
      await gateway.start();
    }
    await sleep(between(100, 500));
    await load.finish();
  },
};

export const deploy: Fault = {
  name: "deploy",
  about: "SIGTERM under load and a new process on the same state, as a deploy with open sockets",
  told: [metric("volgate_isolates")],
  run: async ({ gateway, load, between, injured }) => {
    load.begin();
    for (let life = 0; life < 2; life++) {
      await sleep(between(100, 900));
      await gateway.deploy();
      injured();
    }
    await sleep(between(100, 500));
    await load.finish();
  },
};
