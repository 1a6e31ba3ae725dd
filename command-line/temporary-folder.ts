// A folder that lives as long as its owner wants, and never longer than the process.
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `remove` it. An exit from elsewhere removes it too: miniflare, say, listens to signals of its own and exits. */
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

  /** Leaves it where it is, also after the process. */
  keep(): void {
    process.removeListener("exit", this.removeAtExit);
  }
}
