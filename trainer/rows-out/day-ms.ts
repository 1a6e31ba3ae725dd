// The length of a UTC day, which is what a file of a dataset holds.
export const DAY_MS = 86_400_000;
