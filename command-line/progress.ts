// Progress of a long run on stderr, so that stdout holds results only: a bar on a terminal, elsewhere a plain line now
// and then, or nothing.
import cliProgress from "cli-progress";

const LINE_EVERY_MS = 5_000;

export interface Progress {
  /** Sets how much is done; with `work` also the total and its unit, which may differ between the parts of a run. */
  update(done: number, work?: ProgressWork): void;
  /** Writes a line of its own, above the bar where there is one: to stderr, or with `print`. */
  note(line: string, print?: (line: string) => void): void;
  /** Leaves the last state on the screen. */
  stop(): void;
}

interface ProgressWork {
  readonly total: number;
  /** What `total` counts, e.g. `ticks`. */
  readonly unit: string;
}

export interface ProgressOptions extends ProgressWork {
  /** Names the run. */
  readonly label: string;
  /** What is written where stderr is no terminal. */
  readonly withoutTerminal: "lines" | "nothing";
  readonly stream?: NodeJS.WriteStream;
}

export function startProgress({ stream = process.stderr, ...options }: ProgressOptions): Progress {
  if (stream.isTTY) return new ProgressBar(options, stream);
  return new ProgressLines(options, stream);
}

class ProgressBar implements Progress {
  private readonly bar: cliProgress.SingleBar;
  private readonly stream: NodeJS.WriteStream;

  constructor({ label, total, unit }: Omit<ProgressOptions, "stream">, stream: NodeJS.WriteStream) {
    this.stream = stream;
    const format = `${label} {bar} {percentage}% | {value}/{total} {unit} | {duration_formatted} | ETA {eta_formatted}`;
    this.bar = new cliProgress.SingleBar({ format, stream, hideCursor: true, clearOnComplete: false, fps: 8 });
    this.bar.start(total, 0, { unit });
  }

  update(done: number, work?: ProgressWork): void {
    if (work !== undefined) this.bar.setTotal(work.total);
    this.bar.update(done, work === undefined ? {} : { unit: work.unit });
  }

  note(line: string, print = (text: string): unknown => this.stream.write(`${text}\n`)): void {
    // Clears the bar's line; the next update draws it again.
    this.stream.write("\r\u001b[K");
    print(line);
  }

  stop(): void {
    this.bar.stop();
  }
}

class ProgressLines implements Progress {
  private readonly label: string;
  private readonly silent: boolean;
  private work: ProgressWork;
  private readonly stream: NodeJS.WritableStream;
  private readonly startedMs = Date.now();
  private printedMs = this.startedMs;
  private done = 0;

  constructor({ label, total, unit, withoutTerminal }: Omit<ProgressOptions, "stream">, stream: NodeJS.WritableStream) {
    this.label = label;
    this.silent = withoutTerminal === "nothing";
    this.work = { total, unit };
    this.stream = stream;
  }

  update(done: number, work: ProgressWork = this.work): void {
    this.done = done;
    this.work = work;
    if (Date.now() - this.printedMs >= LINE_EVERY_MS) this.print();
  }

  note(line: string, print = (text: string): unknown => this.stream.write(`${text}\n`)): void {
    print(line);
  }

  stop(): void {
    this.print();
  }

  private print(): void {
    if (this.silent) return;
    this.printedMs = Date.now();
    const { total, unit } = this.work;
    const seconds = (this.printedMs - this.startedMs) / 1000;
    const percent = total === 0 ? 100 : Math.floor((100 * this.done) / total);
    const count = `${this.done.toLocaleString("en-US")}/${total.toLocaleString("en-US")} ${unit}`;
    this.stream.write(`${this.label} ${percent}% | ${count} | ${seconds.toFixed(1)} s\n`);
  }
}
