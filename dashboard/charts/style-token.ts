// Colours of the style sheet for canvases, which do not follow it by themselves.

/** A token's name in tokens.css, such as `--hue-0`. */
export type StyleToken = `--${string}`;

export function styleToken(token: StyleToken): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

/** The same colour with an opacity from 0 to 1, as `#rrggbbaa`. */
export function translucent(token: StyleToken, opacity: number): string {
  const colour = styleToken(token);
  const byte = Math.round(opacity * 255);
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}${byte.toString(16).padStart(2, "0")}` : colour;
}
