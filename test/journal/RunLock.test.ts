import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { lockRun, RunLocked } from "../../src/journal/RunLock.ts"
import { folder } from "./logs.ts"

const hold = (directory: string) => Effect.runPromise(Effect.exit(Effect.scoped(lockRun(directory, "p"))))

/** A process that holds the lock until it is ended. */
const holder = async (directory: string) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("lockProcess.ts", import.meta.url)), directory], { stdio: ["ignore", "pipe", "inherit"] })
  await once(createInterface({ input: child.stdout }), "line")
  return child
}

describe("a run's folder", () => {
  it("belongs to one run at a time, and to the next once that has ended", async () => {
    const directory = folder()
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
    const both = Effect.scoped(Effect.andThen(lockRun(directory, "p"), Effect.flip(Effect.scoped(lockRun(directory, "p")))))
    expect(await Effect.runPromise(both)).toBeInstanceOf(RunLocked)
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })

  it("that another process holds says which, and is free once it was killed", async () => {
    const directory = folder()
    const child = await holder(directory)
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(lockRun(directory, "p"))))
    expect(error.message).toMatch(new RegExp(`Another run \\(process ${child.pid}, since .*\\) of pipeline 'p' is writing to '.*'. Wait until it ends, stop it, or give another outputDir`))
    child.kill("SIGKILL")
    await once(child, "exit")
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })
})
