// Parses the bytes of a CSV text into rows. A library splits the cells; callers interpret the rows.
import { CsvError, parse, type Parser } from "csv-parse";
import { UnreadableFileError } from "./file-lines.ts";

/** Longer than any row. Without this limit, an unclosed quote would collect the rest of the file in memory. */
const MOST_ROW_BYTES = 1 << 24;

/**
 * The cells of each row in order, some rows at a time; ` ` and `\r ` end a row, a byte order mark and empty lines are
 * dropped. A quoted cell may hold commas, doubled quotes and line ends; a quote inside an unquoted cell is an ordinary
 * character.
 *
 * A last line that is cut inside a quoted cell, as a killed recorder leaves it, gives a row without cells.
 *
 * @param path names the text in errors.
 * @param parts pulled only as fast as the rows are taken.
 * @throws UnreadableFileError naming the line, for a quote that is still open lines later, and for a row of more than
 * 16 MiB.
 */
export async function* csvRows(path: string, parts: AsyncIterable<Uint8Array>): AsyncGenerator<string[][]> {
  let rows: string[][] = [];
  let lastRowLine = 0;
  const parser = parse({
    bom: true,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MOST_ROW_BYTES,
    // Rows are taken here and not from the stream, whose buffer would stop the parser after sixteen of them.
    on_record: (cells: string[], { lines }) => {
      lastRowLine = lines;
      if (cells.length > 1 || cells[0] !== "") rows.push(cells);
      return null;
    },
  });
  // Each step handles its own error; this listener exists because a stream without one throws.
  parser.on("error", () => undefined);
  const taken = (): string[][] => {
    const ready = rows;
    rows = [];
    return ready;
  };
  try {
    for await (const part of parts) {
      await step(parser, (done) => parser.write(part, done));
      yield taken();
    }
    await step(parser, (done) => parser.end(done));
    yield taken();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isCut = error.code === "CSV_QUOTE_NOT_CLOSED" && parser.info.lines === lastRowLine + 1;
    if (!isCut) throw new UnreadableFileError(path, `line ${lastRowLine + 1}: ${reasonOf(error)}`);
    yield [...taken(), []];
  } finally {
    parser.destroy();
  }
}

function reasonOf({ code, message }: CsvError): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "got a quote that is never closed";
  if (code === "CSV_MAX_RECORD_SIZE") return "holds a row of more than 16 MiB; is a quote not closed?";
  return message;
}

function step(parser: Parser, act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once("error", reject);
    act((error) => {
      // The reason of a failed step goes to the listener.
      if (error) return;
      parser.off("error", reject);
      resolve();
    });
  });
}
