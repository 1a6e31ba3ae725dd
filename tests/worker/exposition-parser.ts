// A strict reader of the Prometheus text format 0.0.4: it throws on anything a scraper would trip over.

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly type: string;
  readonly series: Series[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\+Inf|-Inf|NaN|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$`,
);
const HEADER = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);

/** Families by name. Each must begin with one HELP and one TYPE line, and no series may come twice. */
export function parseExposition(text: string): ReadonlyMap<string, ParsedFamily> {
  if (text === "") return new Map();
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let helped = "";
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name, rest] = HEADER.exec(line) ?? [];
    if (kind === "HELP") {
      if (families.has(name!)) throw new Error(`${name}: a second header`);
      helped = name!;
    } else if (kind === "TYPE") {
      if (helped !== name) throw new Error(`${name}: TYPE without HELP before it`);
      if (!["counter", "gauge", "histogram"].includes(rest!)) throw new Error(`${name}: type ${rest}`);
      current = name!;
      families.set(current, { type: rest!, series: [] });
    } else {
      const sample = readSample(line);
      const family = families.get(current);
      const suffixes = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (!suffixes.some((suffix) => sample.name === current + suffix)) throw new Error(`${line}: not of ${current}`);
      const key = sample.name + JSON.stringify(Object.entries(sample.labels).sort());
      if (seen.has(key)) throw new Error(`${line}: twice`);
      seen.add(key);
      family!.series.push(sample);
    }
  }
  return families;
}

function readSample(line: string): Series {
  const [, name, labelText = "", value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${JSON.stringify(line)}`);
  const labels: Record<string, string> = {};
  for (const [, label, quoted] of labelText.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)) {
    if (label! in labels) throw new Error(`${line}: label ${label} twice`);
    labels[label!] = quoted!.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
  }
  return { name, labels, value: Number(value!.replace("Inf", "Infinity")) };
}
