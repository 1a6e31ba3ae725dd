// Whether the local bucket holds an index of models, without wrangler, whose import would slow every start by a second
// or two.
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { INDEX_KEY } from "../model-artifacts/model-index.ts";

/**
 * Looks into miniflare's own files: an SQLite table of objects, and a folder of blobs with the bucket's name.
 *
 * @param persistDir as `wrangler dev --persist-to` takes it.
 * @returns true only when the bucket `volgate` holds the index for certain; false when it does not, and when this
 * function cannot tell, e.g. with files of another version: then ask wrangler.
 */
export function holdsModelIndex(persistDir: string): boolean {
  const r2 = join(persistDir, "v3", "r2");
  return globSync("miniflare-R2BucketObject/*.sqlite", { cwd: r2 }).some((name) => {
    const blob = blobOfIndex(join(r2, name));
    return blob !== undefined && existsSync(join(r2, "volgate", "blobs", blob));
  });
}

function blobOfIndex(path: string): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const row = database.prepare("SELECT blob_id FROM _mf_objects WHERE key = ?").get(INDEX_KEY);
    return typeof row?.["blob_id"] === "string" ? row["blob_id"] : undefined;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
