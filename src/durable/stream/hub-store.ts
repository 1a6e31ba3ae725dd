// What a hub keeps for the time that it sleeps: how far each topic was sent. It is written once nothing is under way
// any more. While something is, storage has nothing: a hub that is lost then does not know what its sockets were sent,
// and has them connect again with their cursors.
import * as v from "valibot";

const POSITIONS = "positions";
const READERS = "readers";

/** By topic: source, grid and position. */
const positionsSchema = v.array(v.tuple([v.string(), v.string(), v.number()]));
export type KeptPositions = Readonly<v.InferOutput<typeof positionsSchema>>;

const readersSchema = v.object({ websocket: v.number(), sse: v.number() });
export type ReaderCounts = Readonly<v.InferOutput<typeof readersSchema>>;

export class HubStore {
  private readonly kv: DurableObjectStorage["kv"];
  private countsText: string;
  /** What storage has; "" where it may have something else. */
  private positionsText = "";

  constructor(storage: DurableObjectStorage) {
    this.kv = storage.kv;
    this.countsText = JSON.stringify(this.readers);
  }

  /** What was written last; `undefined` where something was under way, and for a new hub. */
  get positions(): KeptPositions | undefined {
    const result = v.safeParse(positionsSchema, this.kv.get(POSITIONS));
    return result.success ? result.output : undefined;
  }

  /** How many readers there were when it was written last. */
  get readers(): ReaderCounts {
    const result = v.safeParse(readersSchema, this.kv.get(READERS));
    return result.success ? result.output : { websocket: 0, sse: 0 };
  }

  /** Something is under way from now on. */
  begin(): void {
    if (this.kv.get(POSITIONS) !== undefined) this.kv.delete(POSITIONS);
    this.positionsText = "";
  }

  /** Writes them where they changed. */
  savePositions(positions: KeptPositions): void {
    const text = JSON.stringify(positions);
    if (text === this.positionsText) return;
    this.kv.put(POSITIONS, positions);
    this.positionsText = text;
  }

  /** Writes them where they changed. */
  saveReaders(counts: ReaderCounts): void {
    const text = JSON.stringify(counts);
    if (text === this.countsText) return;
    this.kv.put(READERS, counts);
    this.countsText = text;
  }
}
