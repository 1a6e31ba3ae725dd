// A temporary folder, removed by its owner or at the end of the process.
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Call `remove`. An exit from elsewhere removes it too, e.g. by miniflare, which handles signals itself and exits. */
export class TemporaryFolder {
  readonly path: string;
  private readonly removeAtExit = (): void => rmSync(this.path, { recursive: true, force: true });

  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    process.once("exit", this.removeAtExit);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    this.keep();
  }

  /** Keeps it after the process. */
  keep(): void {
    process.removeListener("exit", this.removeAtExit);
  }
}
