// Where a reader is: the gateway's cursor of each symbol and of the alerts, as the one text that resumes all of them.

export class StreamPositions {
  /** By what stands before the `~`. The rest is the gateway's own affair. */
  private readonly cursors = new Map<string, string>();

  /** @param text of an earlier reader. */
  constructor(text = "") {
    this.update(text);
  }

  /** Cursors joined by commas, for the sources that are in it; empty before the first. */
  get value(): string {
    return [...this.cursors.values()].join(",");
  }

  /** The reader has come to these. */
  update(text: string): void {
    for (const cursor of text.split(",")) if (cursor !== "") this.cursors.set(sourceOf(cursor), cursor);
  }

  /** Where a source begins that has no position yet. */
  begin(text: string): void {
    for (const cursor of text.split(",")) {
      if (cursor !== "" && !this.cursors.has(sourceOf(cursor))) this.cursors.set(sourceOf(cursor), cursor);
    }
  }
}

function sourceOf(cursor: string): string {
  const end = cursor.lastIndexOf("~");
  return end < 0 ? cursor : cursor.slice(0, end);
}
