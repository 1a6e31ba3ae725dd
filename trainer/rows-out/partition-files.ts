// The files of one symbol, one a day, written row group by row group. A file has its name once it is whole, so that a
// reader never meets half of one.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KeyValue, SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { atExit } from "../../command-line/at-exit.ts";
import type { RowName } from "../../src/features/schema.ts";
import { DAY_MS } from "./day-ms.ts";
import type { FinishedRow } from "./finished-row.ts";
import type { FoldGrid } from "./fold-grid.ts";
import { type Market, RowGroup } from "./row-group.ts";
import type { ServedScores } from "./served-scores.ts";

/** The one file of a symbol and day. */
export const PART_FILE = "part-0.parquet";

/** What all files of a dataset share. */
export interface DatasetFiles {
  readonly folder: string;
  readonly row: RowName;
  readonly schema: SchemaElement[];
  readonly metadata: KeyValue[];
  readonly folds: FoldGrid;
  /** Absent without columns of served scores. */
  readonly served: ServedScores | undefined;
}

/** `symbol=<percent-encoded>/date=YYYY-MM-DD/part-0.parquet` of a row's time. */
function partitionPath(symbol: string, timeMs: number): string {
  const date = new Date(timeMs).toISOString().slice(0, 10);
  return join(`symbol=${encodeURIComponent(symbol)}`, `date=${date}`, PART_FILE);
}

/** Takes rows in order of time. A file that was there before is replaced. */
export class PartitionFiles {
  /** How many files are whole. */
  written = 0;
  private readonly files: DatasetFiles;
  private readonly market: Market;
  private readonly group: RowGroup;
  private open: OpenFile | undefined;
  private untilMs = -Infinity;

  constructor(files: DatasetFiles, market: Market) {
    this.files = files;
    this.market = market;
    this.group = new RowGroup(files.row, files.served !== undefined);
  }

  add(row: FinishedRow): void {
    if (row.timeMs >= this.untilMs) this.begin(row.timeMs);
    this.group.add(row, this.files.folds, this.files.served?.at(this.market.symbol, row.timeMs));
    if (this.group.isFull) this.writeGroup();
  }

  /** Ends the open file. */
  finish(): void {
    if (this.open === undefined) return;
    this.writeGroup();
    this.open.finish();
    this.open = undefined;
    this.untilMs = -Infinity;
    this.written += 1;
  }

  /** Gives up the open file. */
  abandon(): void {
    this.open?.abandon();
    this.open = undefined;
  }

  private begin(timeMs: number): void {
    this.finish();
    this.open = new OpenFile(join(this.files.folder, partitionPath(this.market.symbol, timeMs)), this.files);
    this.untilMs = (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
  }

  private writeGroup(): void {
    if (this.group.count === 0) return;
    this.open?.write(this.group, this.market);
    this.group.clear();
  }
}

/** A Parquet file under a hidden name, which readers of datasets pass over. */
class OpenFile {
  private readonly path: string;
  private readonly partial: string;
  private readonly writer: ParquetWriter;
  private readonly cancelCleanup: () => void;

  constructor(path: string, { schema, metadata }: DatasetFiles) {
    this.path = path;
    this.partial = join(dirname(path), `.part-0.${process.pid}.partial`);
    mkdirSync(dirname(path), { recursive: true });
    this.cancelCleanup = atExit(() => rmSync(this.partial, { force: true }));
    const writer = fileWriter(this.partial);
    this.writer = new ParquetWriter({ writer, schema, kvMetadata: metadata, createdBy: "volgate" });
  }

  write(group: RowGroup, market: Market): void {
    // No promise, because the file's writer is synchronous. A column of a group is one page.
    void this.writer.write({ columnData: group.columns(market), rowGroupSize: group.count, pageSize: 0 });
  }

  finish(): void {
    void this.writer.finish();
    renameSync(this.partial, this.path);
    this.cancelCleanup();
  }

  abandon(): void {
    rmSync(this.partial, { force: true });
    this.cancelCleanup();
  }
}
