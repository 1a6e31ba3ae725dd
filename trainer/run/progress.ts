// A progress bar on stderr, for people only: nothing when stderr is a file or a pipe.
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  show(done: number, total: number, what: string): void;
  end(): void;
}

/** Begins empty; `show` sets how much of how much is done, and what was done last. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const bar = new SingleBar({ format: "{bar} {value}/{total} {what}", stream, clearOnComplete: true }, Presets.legacy);
  bar.start(1, 0, { what: "" });
  return {
    show: (done, total, what) => {
      bar.setTotal(total);
      bar.update(done, { what });
    },
    end: () => bar.stop(),
  };
}
