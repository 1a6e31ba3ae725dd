// The registry's database cannot be read for some time: symbols that exist go on with the models that they had.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Fault } from "../fault.ts";
import { health } from "../witness.ts";

/** Files of a database in SQLite's WAL mode. */
const SUFFIXES = ["", "-wal", "-shm"] as const;

export const registryAway: Fault = {
  name: "registry-away",
  about: "the registry's database is unreadable when the gateway starts, and is back later",
  told: [health("registry_unavailable")],
  run: async ({ gateway, load, untilTold, injured }) => {
    await gateway.end();
    const paths = gateway.databases("RegistryObject");
    for (const path of paths) {
      for (const suffix of SUFFIXES) renameSync(`${path}${suffix}`, `${path}${suffix}.away`);
      writeFileSync(path, "no database".repeat(1_000));
    }
    injured();
    await gateway.start();
    load.begin();
    await untilTold();
    await load.finish();
    await gateway.end();
    for (const path of paths) {
      for (const suffix of SUFFIXES) {
        rmSync(`${path}${suffix}`, { force: true });
        renameSync(`${path}${suffix}.away`, `${path}${suffix}`);
      }
    }
    await gateway.start();
    // The report of the process that ended stays for six minutes, so that the reason is not waited out.
    await load.send(5);
  },
};
