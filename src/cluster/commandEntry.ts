/**
 * The command of this package, which processes of a run are started by: they may be started from a
 * program as well as from the command itself.
 */
export const commandEntry = new URL(
  import.meta.url.endsWith(".ts") ? "../cli/main.ts" : "../cli/main.js",
  import.meta.url
)
