// The lines of a small chart as SVG paths.

export interface SparkPath {
  readonly line: string;
  readonly area: string;
  /** Empty without a threshold. */
  readonly threshold: string;
}

/**
 * `points` are [ts, probability], oldest first; a null leaves a gap. The height is twice the threshold, so that it
 * stands in the middle of every row, or 1 where a probability is above that.
 */
export function sparkPath(
  points: readonly (readonly [number, number | null])[],
  threshold: number | null,
  width: number,
  height: number,
): SparkPath {
  const from = points[0]?.[0] ?? 0;
  const span = Math.max(1, (points.at(-1)?.[0] ?? 0) - from);
  const largest = Math.max(0, ...points.map(([, probability]) => probability ?? 0));
  const top = threshold === null ? 1 : Math.max(2 * threshold, largest > 2 * threshold ? 1 : 0);
  const y = (value: number): string => (height - 1 - (Math.min(value, top) / top) * (height - 2)).toFixed(1);
  let line = "";
  let area = "";
  let start: string | null = null;
  let x = "0";
  const close = (): void => {
    if (start !== null) area += `L${x} ${height}L${start} ${height}Z`;
    start = null;
  };
  for (const [ts, probability] of points) {
    if (probability === null) {
      close();
      continue;
    }
    x = (((ts - from) / span) * width).toFixed(1);
    const step = `${start === null ? "M" : "L"}${x} ${y(probability)}`;
    start ??= x;
    line += step;
    area += step;
  }
  close();
  return { line, area, threshold: threshold === null ? "" : `M0 ${y(threshold)}H${width}` };
}
