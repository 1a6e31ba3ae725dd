// The entries of a zip archive as recordings of their own. A library reads the archive's directory.
import { Readable } from "node:stream";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { isRecordingName } from "./file-kind.ts";
import { type RecordingSource, sourceParts } from "./recording-source.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

const [STORED, DEFLATED] = [0, 8];

/**
 * The recordings in an archive, called `archive.zip/name`, in the order of its directory. Folders, hidden files and
 * what has not the name of a recording are left out, as in a folder.
 *
 * @throws UnreadableFileError for what is no zip, is cut, encrypted or holds no recording.
 */
export async function zipEntries(source: RecordingSource): Promise<RecordingSource[]> {
  const { path, sizeBytes } = source;
  if (sizeBytes === 0) throw new UnreadableFileError(path, "is empty: 0 bytes, expected a zip archive");
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), sizeBytes, { autoClose: false });
    const found: RecordingSource[] = [];
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) {
      const { fileName } = entry;
      if (fileName.endsWith("/") || /(^|\/)[._]/.test(fileName)) continue;
      names.push(fileName);
      if (isRecordingName(fileName) && !/\.zip$/i.test(fileName)) found.push(await entrySource(source, zip, entry));
    }
    if (found.length > 0) return found;
    throw new UnreadableFileError(path, `holds no recording; got ${names.slice(0, 5).join(", ") || "no file"}`);
  } catch (error) {
    if (error instanceof UnreadableFileError || !(error instanceof Error)) throw error;
    throw new UnreadableFileError(path, `not a readable zip archive, nothing of it was read (${error.message})`);
  }
}

async function entrySource(source: RecordingSource, zip: ZipFile, entry: Entry): Promise<RecordingSource> {
  const path = `${source.path}/${entry.fileName}`;
  const { compressionMethod, compressedSize, uncompressedSize, crc32 } = entry;
  if (entry.isEncrypted()) throw new UnreadableFileError(path, "is encrypted");
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw new UnreadableFileError(path, `is packed by method ${compressionMethod}, expected deflate or none`);
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return {
    path,
    sizeBytes: compressedSize,
    packed: { codec: compressionMethod === DEFLATED ? "deflate" : undefined, sizeBytes: uncompressedSize, crc32 },
    read: (start, end) => source.read(fileDataStart + start, fileDataStart + end),
  };
}

class SourceReader extends RandomAccessReader {
  private readonly source: RecordingSource;

  constructor(source: RecordingSource) {
    super();
    this.source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(sourceParts(this.source, start, end));
  }
}
