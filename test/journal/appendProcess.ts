/**
 * A process that appends entries to a log, several at once, and prints the name of each once it is
 * kept.
 */
import * as Effect from "effect/Effect"
import { entryOf, withLog } from "./logs.ts"

const [directory = "", prefix = "", count = "0"] = process.argv.slice(2)
await withLog(directory, (log) =>
  Effect.forEach(
    Array.from({ length: Number(count) }, (_, n) => `${prefix}${n}`),
    (name) =>
      Effect.andThen(
        log.append(entryOf(name)),
        Effect.sync(() => process.stdout.write(`${name}\n`))
      ),
    { concurrency: 16, discard: true }
  )
)
