import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { lockRun, RunLocked } from "../../src/journal/RunLock.ts"
import { folder } from "./logs.ts"

const hold = (directory: string) =>
  Effect.runPromise(Effect.exit(Effect.scoped(lockRun(directory, "p"))))

/** A process that holds the lock until it is ended. */
const holder = async (directory: string) => {
  const child = spawn(
    process.execPath,
    ["--expose-gc", fileURLToPath(new URL("lockProcess.ts", import.meta.url)), directory],
    { stdio: ["ignore", "pipe", "inherit"] }
  )
  onTestFinished(() => void child.kill("SIGKILL"))
  await once(createInterface({ input: child.stdout }), "line")
  return child
}

describe("a run's folder", () => {
  it("belongs to one run at a time, and to the next once that has ended", async () => {
    const directory = folder()
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
    const both = Effect.scoped(
      Effect.andThen(lockRun(directory, "p"), Effect.flip(Effect.scoped(lockRun(directory, "p"))))
    )
    expect(await Effect.runPromise(both)).toBeInstanceOf(RunLocked)
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })

  it("that another process holds says which, and is free once it was killed", async () => {
    const directory = folder()
    const child = await holder(directory)
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(lockRun(directory, "p"))))
    expect(error.message).toMatch(
      new RegExp(
        `Another run \\(process ${child.pid}, since .*\\) of pipeline 'p' is writing to '.*'. Wait until it ends, stop it, or give another outputDir`
      )
    )
    child.kill("SIGKILL")
    await once(child, "exit")
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })
})

describe("a lock whose files were damaged", () => {
  it.each<[string, (directory: string) => void]>([
    ["with bytes in it", (directory) => writeFileSync(join(directory, ".lock"), "x".repeat(5000))],
    [
      "that is a folder",
      (directory) => {
        rmSync(join(directory, ".lock"))
        mkdirSync(join(directory, ".lock", "held"), { recursive: true })
      }
    ],
    [
      "with a journal that is none",
      (directory) => writeFileSync(join(directory, ".lock-journal"), "x".repeat(5000))
    ],
    [
      "whose holder is a folder",
      (directory) => {
        rmSync(join(directory, ".lock-holder"))
        mkdirSync(join(directory, ".lock-holder"))
      }
    ]
  ])("%s is held all the same", async (_, harm) => {
    const directory = folder()
    await hold(directory)
    harm(directory)
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })

  it("while another process holds it stays with that process", async () => {
    const directory = folder()
    const child = await holder(directory)
    writeFileSync(join(directory, ".lock"), "x".repeat(5000))
    writeFileSync(join(directory, ".lock-holder"), "\u0000\u0001garbage")
    const error = await Effect.runPromise(Effect.flip(Effect.scoped(lockRun(directory, "p"))))
    expect(error).toBeInstanceOf(RunLocked)
    expect(error.message).toMatch(/^Another run of pipeline 'p' is writing/)
    child.kill("SIGKILL")
    await once(child, "exit")
    expect(await hold(directory)).toMatchObject({ _tag: "Success" })
  })
})
