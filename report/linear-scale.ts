// From figures to pixels, and where an axis gets its ticks.

/** A figure's place on an axis, in units of the drawing, rounded to 1/100 so that the page stays small. */
export type Scale = (x: number) => number;

/** Maps [from, to] to [pixelFrom, pixelTo], linearly and beyond; an empty range maps everything to the middle. */
export function linearScale(from: number, to: number, pixelFrom: number, pixelTo: number): Scale {
  const width = to - from;
  return (x) => {
    const share = width === 0 ? 0.5 : (x - from) / width;
    return Math.round(100 * (pixelFrom + share * (pixelTo - pixelFrom))) / 100;
  };
}

/**
 * Multiples of 1, 2 or 5 times a power of ten inside [from, to], about `count` of them:
 * niceTicks(0, 1, 5) is 0, 0.2, 0.4, 0.6, 0.8, 1. An empty range gives its one value.
 */
export function niceTicks(from: number, to: number, count: number): number[] {
  if (!(to > from)) return [from];
  const step = niceStep(to - from, count);
  const ticks: number[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9; k += 1) ticks.push(cleaned(k * step));
  return ticks;
}

/** The smallest tick not below `x`, as the end of an axis from 0: niceEnd(0.37) is 0.4. 1 for what is not above 0. */
export function niceEnd(x: number, count = 5): number {
  if (!(x > 0) || !Number.isFinite(x)) return 1;
  const step = niceStep(x, count);
  return cleaned(Math.ceil(x / step - 1e-9) * step);
}

/** Digits after the point with which the ticks of this range differ. */
export function tickDigits(from: number, to: number, count: number): number {
  return to > from ? Math.max(0, -Math.floor(Math.log10(niceStep(to - from, count)) + 1e-9)) : 2;
}

function niceStep(range: number, count: number): number {
  const raw = range / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const share = raw / power;
  return power * (share <= 1.0001 ? 1 : share <= 2.0001 ? 2 : share <= 5.0001 ? 5 : 10);
}

/** Without the last bits that multiplying a step leaves: 0.30000000000000004 is 0.3. */
function cleaned(x: number): number {
  return Number(x.toPrecision(12));
}
