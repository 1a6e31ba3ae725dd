// The colours and type that reports and dashboard share, as custom properties. A report carries them in its page; the
// build writes them into the style sheet of the dashboard.

/**
 * `ink`, `muted`, `note`, `alarm` and `live` can be read as text on `page`, `panel` and `raised` (contrast 4.5 : 1).
 * Hues and greys keep 3 : 1 to the page, and hues differ without red against green.
 */
export const COLOURS = {
  light: {
    page: "#ffffff",
    panel: "#f4f5f7",
    raised: "#ffffff",
    hover: "#e9edf2",
    ink: "#1b2127",
    muted: "#59636e",
    line: "#d5dae0",
    heat: "#4c78b5",
    note: "#8a5f00",
    alarm: "#b0480a",
    live: "#0b62ad",
    hues: ["#0b62ad", "#b8500a", "#7b4aa8", "#0d7c72", "#8a6a00", "#a83a78"],
    greys: ["#4d565f", "#79838d", "#8b949d"],
  },
  dark: {
    page: "#14171b",
    panel: "#1d2227",
    raised: "#232930",
    hover: "#2a3138",
    ink: "#e6e9ec",
    muted: "#9ea8b3",
    line: "#363e47",
    heat: "#4f86cf",
    note: "#d9a441",
    alarm: "#f09a57",
    live: "#62a9ee",
    hues: ["#62a9ee", "#f09a57", "#b895e0", "#4fc1b4", "#d6b64a", "#e58abb"],
    greys: ["#b6bfc8", "#8f99a3", "#7b858f"],
  },
};

type Scheme = (typeof COLOURS)["light"];

const TYPE = [
  `--font:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif`,
  `--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace`,
  "--radius:8px",
].join(";");

/** The custom properties of one scheme: `--ink`, …, `--hue-0` to `--hue-5`, `--grey-0` to `--grey-2`. */
export function colourVariables({ hues, greys, ...named }: Scheme): string {
  return [
    ...Object.entries(named).map(([name, colour]) => `--${name}:${colour}`),
    ...hues.map((colour, i) => `--hue-${i}:${colour}`),
    ...greys.map((colour, i) => `--grey-${i}:${colour}`),
  ].join(";");
}

function seriesRules({ hues, greys }: Scheme): string {
  const names = [...hues.map((_, i) => `hue-${i}`), ...greys.map((_, i) => `grey-${i}`)];
  return names.map((name) => `.${name}{--c:var(--${name})}`).join("\n");
}

/** Light or dark by the reader's setting, unless `data-theme` of the root element says `light` or `dark`. */
export const TOKEN_RULES = `:root{color-scheme:light dark;${TYPE};${colourVariables(COLOURS.light)}}
@media (prefers-color-scheme:dark){:root{${colourVariables(COLOURS.dark)}}}
:root[data-theme="light"]{color-scheme:light;${colourVariables(COLOURS.light)}}
:root[data-theme="dark"]{color-scheme:dark;${colourVariables(COLOURS.dark)}}
${seriesRules(COLOURS.light)}
`;
