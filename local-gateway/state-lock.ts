// Keeps two gateways out of one folder of state: each would overwrite what the other acknowledged.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another process uses the folder; the message names it and says what to do. */
export class StateInUseError extends Error {
  override name = "StateInUseError";
}

/** Whose folder it is. */
interface Holder {
  readonly pid: number;
  /** Where its gateway answers; absent until it is known. */
  readonly url?: string;
}

/**
 * A lock on a folder of state. It is a lock of the operating system on a SQLite file, so that it ends with its process,
 * however that ends.
 */
export class StateLock {
  private readonly database: DatabaseSync;
  private readonly folder: string;

  /** @throws StateInUseError when another process has it. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.database = new DatabaseSync(join(folder, "lock.sqlite"));
    try {
      this.database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      this.database.close();
      if (isBusy(error)) throw new StateInUseError(inUse(folder, readHolder(folder)));
      throw error;
    }
    this.write({ pid: process.pid });
  }

  /** Tells others where the gateway answers. */
  answersAt(url: string): void {
    this.write({ pid: process.pid, url });
  }

  /** Safe to call twice. */
  release(): void {
    if (this.database.isOpen) this.database.close();
  }

  private write(holder: Holder): void {
    writeFileSync(holderFile(this.folder), `${JSON.stringify(holder)}\n`);
  }
}

function inUse(folder: string, holder: Holder | undefined): string {
  const who = holder === undefined ? "another process" : `process ${holder.pid}`;
  const where = holder?.url === undefined ? "" : `, whose gateway answers at ${holder.url}`;
  return `--state: ${folder} is in use by ${who}${where}: stop that one, or give another folder`;
}

function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(folder), "utf8")) as Holder;
  } catch {
    // It has the lock and has not written its name yet.
    return undefined;
  }
}

function holderFile(folder: string): string {
  return join(folder, "lock.json");
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
