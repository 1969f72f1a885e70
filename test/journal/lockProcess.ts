/** A process that holds the lock of a folder until it is ended. */
import * as Effect from "effect/Effect"
import { lockRun } from "../../src/journal/RunLock.ts"

const held = Effect.andThen(
  lockRun(process.argv[2] ?? "", "p"),
  Effect.sync(() => process.stdout.write("held\n"))
)
setInterval(() => {}, 1000)
await Effect.runPromise(Effect.scoped(Effect.andThen(held, Effect.never)))
