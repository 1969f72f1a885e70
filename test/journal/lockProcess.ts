/**
 * A process that holds the lock of a folder until it is ended, also when garbage is collected while
 * it only waits.
 */
import * as Effect from "effect/Effect"
import { lockRun } from "../../src/journal/RunLock.ts"

const waited = (): void => {
  globalThis.gc?.()
  process.stdout.write("held\n")
}
const held = Effect.andThen(
  lockRun(process.argv[2] ?? "", "p"),
  Effect.sync(() => setTimeout(waited, 20))
)
setInterval(() => {}, 1000)
await Effect.runPromise(Effect.scoped(Effect.andThen(held, Effect.never)))
