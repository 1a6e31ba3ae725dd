// Keeps what was read of a distant recording on disk, so that a second look at it asks for nothing again.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TemporaryFolder } from "../command-line/temporary-folder.ts";
import type { RecordingSource } from "./recording-source.ts";

/** Of several recordings, in one folder. Call `close`. */
export class PartCache {
  private folder: TemporaryFolder | undefined;
  private readonly paths = new Map<string, string>();

  /** The same recording; each part is requested once, as long as it is asked for with the same bounds. */
  of(source: RecordingSource): RecordingSource {
    return {
      ...source,
      read: async (start, end) => {
        const key = `${source.path} ${start} ${end}`;
        const known = this.paths.get(key);
        if (known !== undefined) return await readFile(known);
        const bytes = await source.read(start, end);
        this.folder ??= new TemporaryFolder("volgate-parts-");
        const path = join(this.folder.path, String(this.paths.size));
        // Before the write, so that no other part takes the same name meanwhile.
        this.paths.set(key, path);
        try {
          await writeFile(path, bytes);
        } catch (error) {
          this.paths.delete(key);
          throw error;
        }
        return bytes;
      },
    };
  }

  async close(): Promise<void> {
    await this.folder?.remove();
  }
}
