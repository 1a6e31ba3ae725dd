// Producers that do what a producer should not: use a number again for other ticks, and send everything again.
import { postBatch } from "../http-producers.ts";
import type { Fault } from "../fault.ts";
import { metric } from "../witness.ts";

const BATCHES = 20;

export const producerRepeats: Fault = {
  name: "producer-repeats",
  about: "a producer sends all its batches again, and another one uses its id and its numbers for other ticks",
  told: [metric("volgate_sequence_refusals_total"), metric("volgate_redelivered_ticks_total")],
  run: async ({ gateway, load, injured, violation }) => {
    await load.send(BATCHES);
    const [log] = load.logs;
    const batches = [...log!.batches];
    for (const [i, batch] of batches.entries()) {
      // As the two producers that take turns have numbered them.
      const named = { producer: `chaos-${i % 2}`, number: 1 + Math.floor(i / 2) };
      const again = await postBatch(gateway.url, batch, named);
      const { duplicate } = again?.body ?? {};
      if (again?.status !== 200 || duplicate !== batch.ticks.length) {
        violation(`batch ${i} sent again: got ${again?.status} with ${duplicate} duplicates of ${batch.ticks.length}`);
      }
      const others = batches[(i + 1) % batches.length]!;
      const reused = await postBatch(gateway.url, others, named);
      if (reused?.status !== 409 || reused.body.code !== "sequence_conflict") {
        violation(`other ticks under the number of batch ${i}: got ${reused?.status} ${reused?.body.code ?? ""}`);
      }
      injured();
    }
    await load.send(5);
  },
};
