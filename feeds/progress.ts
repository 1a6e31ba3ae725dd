// How far a long run has come: a bar on a terminal, a plain line now and then everywhere else. Both on stderr, so that
// stdout holds results only.
import cliProgress from "cli-progress";

const LINE_EVERY_MS = 5_000;

/** Told how much is through; `stop()` leaves the last state on the screen. */
export interface Progress {
  update(done: number): void;
  /** Writes a line of its own, above the bar where there is one. */
  note(line: string): void;
  stop(): void;
}

/** A bar when stderr is a terminal, else lines: `label` names the work, `unit` what `total` counts. */
export function startProgress(label: string, total: number, unit = "ticks", stream = process.stderr): Progress {
  return stream.isTTY ? new ProgressBar(label, total, unit, stream) : new ProgressLines(label, total, unit, stream);
}

class ProgressBar implements Progress {
  private readonly bar: cliProgress.SingleBar;
  private readonly stream: NodeJS.WriteStream;

  constructor(label: string, total: number, unit: string, stream: NodeJS.WriteStream) {
    this.stream = stream;
    const count = `{value}/{total} ${unit}`;
    const format = `${label} {bar} {percentage}% | ${count} | {duration_formatted} | ETA {eta_formatted}`;
    this.bar = new cliProgress.SingleBar({ format, stream, hideCursor: true, clearOnComplete: false, fps: 8 });
    this.bar.start(total, 0);
  }

  update(done: number): void {
    this.bar.update(done);
  }

  note(line: string): void {
    this.stream.write(`\r\u001b[K${line}\n`);
  }

  stop(): void {
    this.bar.stop();
  }
}

class ProgressLines implements Progress {
  private readonly label: string;
  private readonly total: number;
  private readonly unit: string;
  private readonly stream: NodeJS.WritableStream;
  private readonly startedMs = Date.now();
  private printedMs = this.startedMs;
  private done = 0;

  constructor(label: string, total: number, unit: string, stream: NodeJS.WritableStream) {
    this.label = label;
    this.total = total;
    this.unit = unit;
    this.stream = stream;
  }

  update(done: number): void {
    this.done = done;
    if (Date.now() - this.printedMs >= LINE_EVERY_MS) this.print();
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  stop(): void {
    this.print();
  }

  private print(): void {
    this.printedMs = Date.now();
    const seconds = (this.printedMs - this.startedMs) / 1000;
    const percent = this.total === 0 ? 100 : Math.floor((100 * this.done) / this.total);
    const count = `${this.done.toLocaleString("en-US")}/${this.total.toLocaleString("en-US")} ${this.unit}`;
    this.stream.write(`${this.label} ${percent}% | ${count} | ${seconds.toFixed(1)} s\n`);
  }
}
