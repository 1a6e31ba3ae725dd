// Where a partition's log begins and ends.
import type { Consumer } from "@platformatic/kafka";

/** What ListOffsets takes for the two ends. */
const TIMESTAMPS = { earliest: -2n, latest: -1n } as const;

/** The first offset that the log still has, or the one that its next record gets. */
export async function logEnd(
  consumer: Pick<Consumer, "listOffsets">,
  end: "earliest" | "latest",
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<number> {
  const timestamp = TIMESTAMPS[end];
  const offsets = await consumer.listOffsets({ topics: [topic], partitions: { [topic]: [partition] }, timestamp });
  const offset = offsets.get(topic)?.[partition];
  if (offset === undefined) throw new Error(`the answer has no ${end} offset of partition ${partition}`);
  return Number(offset);
}
