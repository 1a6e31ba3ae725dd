// What a symbol has stored is damaged when its process starts.
import type { Fault, Scene } from "../fault.ts";
import { editSymbols, oneBitWrong } from "../symbol-databases.ts";
import { health, metric } from "../witness.ts";

/** More than 64, after which a snapshot is written. */
const BATCHES = 68;

export const snapshotDamaged: Fault = {
  name: "snapshot-damaged",
  about: "one bit of each symbol's snapshot is wrong: the state is rebuilt from the slots",
  told: [metric("volgate_snapshot_rebuilt"), health("snapshot_rebuilt")],
  // What the monitor learned was stored beside the snapshot.
  excused: ["quality"],
  run: async (scene) => {
    await whileDown(scene, () => {
      editSymbols(scene.gateway, (database) => {
        const row = database.prepare("SELECT state FROM snapshot WHERE id = 0").get();
        const state = oneBitWrong(row?.["state"], scene.random.uniform());
        database.prepare("UPDATE snapshot SET state = ? WHERE id = 0").run(state);
      });
    });
  },
};

export const slotDamaged: Fault = {
  name: "slot-damaged",
  about: "one bit of a batch after each symbol's snapshot is wrong: that batch is lost, and said to be",
  told: [metric("volgate_damaged_batches"), health("slots_unreadable")],
  run: async (scene) => {
    await whileDown(scene, () => {
      editSymbols(scene.gateway, (database, symbol) => {
        const { snapshot } = database.prepare("SELECT seq AS snapshot FROM snapshot WHERE id = 0").get()!;
        const { newest } = database.prepare("SELECT max(seq) AS newest FROM slots").get()!;
        // Neither the newest, whose loss nobody can see, nor one that the snapshot has.
        const seq = 1 + Math.floor(scene.between(Number(snapshot), Number(newest) - 1));
        const row = database.prepare("SELECT batch FROM slots WHERE seq = ?").get(seq);
        const batch = oneBitWrong(row?.["batch"], scene.random.uniform());
        database.prepare("UPDATE slots SET batch = ? WHERE seq = ?").run(batch, seq);
        // Each batch of the log has a slot of its own, from 1 on.
        const log = scene.load.logs.find((one) => one.symbol === symbol);
        scene.forfeit(log!.batches[seq - 1]!);
      });
    });
  },
};

/** Ends the gateway after some load, does harm, starts it, and goes on with the load. */
async function whileDown({ gateway, load, injured }: Scene, harm: () => void): Promise<void> {
  await load.send(BATCHES);
  await gateway.end();
  harm();
  injured();
  await gateway.start();
  await load.send(10);
}
