/**
 * What journal tests share: logs in folders of their own, entries by number, and a process that
 * writes until it is killed.
 */
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type { LoggedResponse } from "../../src/journal/LoggedResponse.ts"
import { ResponseLog } from "../../src/journal/ResponseLog.ts"

export const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-journal-"))

export const keyOf = (name: string): string =>
  createHash("sha256").update(name).digest("hex").slice(0, 32)

/** An entry whose name says all of it. */
export const entryOf = (name: string, text = `The answer to ${name}.`): LoggedResponse => ({
  key: keyOf(name),
  at: 1_700_000_000_000,
  llm: "OpenAILLM",
  model: "model-a",
  pipeline: "p",
  step: "ask",
  row: name,
  asked: `What is ${name}?`,
  output: { generations: [text], statistics: {} }
})

/** The latest answer under the key of a name. */
export const latest = (log: ResponseLog, name: string): LoggedResponse | undefined => {
  log.indexPending()
  const { rebuilds } = log
  const last = log.candidates(keyOf(name), -1).at(-1)
  const entry = last === undefined ? undefined : log.read(keyOf(name), last)
  return log.rebuilds > rebuilds ? latest(log, name) : entry
}

/** Uses the log of a folder, which is closed afterwards. */
export const withLog = <A>(
  directory: string,
  use: (log: ResponseLog) => Effect.Effect<A, unknown>,
  options: Parameters<typeof ResponseLog.open>[1] = {}
): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(ResponseLog.open(directory, options), use)))

export const append = (
  directory: string,
  ...entries: ReadonlyArray<LoggedResponse>
): Promise<void> =>
  withLog(directory, (log) =>
    Effect.forEach(entries, (entry) => log.append(entry), {
      concurrency: "unbounded",
      discard: true
    })
  )

/** The texts under names; undefined where there is none. */
export const texts = (
  directory: string,
  names: ReadonlyArray<string>
): Promise<ReadonlyArray<string | undefined>> =>
  withLog(directory, (log) =>
    Effect.sync(() =>
      names.map(
        (name) =>
          (latest(log, name)?.output as { readonly generations: ReadonlyArray<string> } | undefined)
            ?.generations[0]
      )
    )
  )

/**
 * Starts a process that appends entries `prefix0`, `prefix1`, … and says the name of each once it
 * is kept.
 */
export const writer = (directory: string, prefix: string, count: number) => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("appendProcess.ts", import.meta.url)), directory, prefix, String(count)],
    { stdio: ["ignore", "pipe", "inherit"] }
  )
  const kept: Array<string> = []
  createInterface({ input: child.stdout }).on("line", (line) => kept.push(line))
  return { child, kept, ended: once(child, "close") }
}
