// A disk that can be filled without harm: a tmpfs of some megabytes, for which one must be root.
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { atExit } from "../command-line/at-exit.ts";

const FILLER = "filler";
const CHUNK = Buffer.alloc(64 * 1024, 1);

export class SmallDisk {
  private readonly folder: string;
  private readonly forget: () => void;

  private constructor(folder: string) {
    this.folder = folder;
    this.forget = atExit(() => this.unmount());
  }

  /** Mounts it; `undefined` where that is not allowed. */
  static mount(folder: string, megabytes: number): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
    return spawnSync("mount", options).status === 0 ? new SmallDisk(folder) : undefined;
  }

  /** Writes until nothing more fits. */
  fill(): void {
    const file = openSync(join(this.folder, FILLER), "a");
    try {
      for (;;) writeSync(file, CHUNK);
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Makes room again. */
  free(): void {
    rmSync(join(this.folder, FILLER), { force: true });
  }

  close(): void {
    this.forget();
    this.unmount();
  }

  private unmount(): void {
    spawnSync("umount", [this.folder]);
  }
}
