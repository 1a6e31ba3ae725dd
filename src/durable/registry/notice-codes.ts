// What a notice for operators can be about.

export const NOTICE_CODES = [
  "snapshot_rebuilt",
  "slots_unreadable",
  "archive_batches_lost",
  "database_lost",
  "champion_worse",
  "champion_demoted",
] as const;
