/**
 * What keeping answers costs: appends as concurrent rows make them, looking up, and opening a log
 * that has grown; against one sqlite database with the answers inside.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Figure } from "./Figure.ts"

const measure = async (
  ...what: ReadonlyArray<string>
): Promise<Readonly<Record<string, number>>> => {
  const child = fileURLToPath(new URL("journalRun.ts", import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=distilabel-ts:source",
    child,
    ...what
  ])
  return JSON.parse(stdout) as Readonly<Record<string, number>>
}

export const journal = async (): Promise<ReadonlyArray<Figure>> => {
  const ours = await measure("segments")
  const inside = await measure("sqlite")
  const logs = mkdtempSync(join(tmpdir(), "distilabel-journal-"))
  const grown = async (count: string) => {
    const directory = join(logs, count)
    const made = await measure("make", directory, count)
    return { made, opened: await measure("open", directory, count) }
  }
  const [small, large] = [await grown("1000000"), await grown("10000000")]
  rmSync(logs, { recursive: true })
  return [
    {
      name: "answers appended",
      value: ours["appended/s"]!,
      unit: "answers/s",
      bar: 30_000,
      from: { "all in sqlite": inside["appended/s"]! }
    },
    {
      name: "answers found",
      value: ours["found/s"]!,
      unit: "answers/s",
      from: { "all in sqlite": inside["found/s"]! }
    },
    {
      name: "questions not found",
      value: ours["missed/s"]!,
      unit: "questions/s",
      from: { "all in sqlite": inside["missed/s"]! }
    },
    {
      name: "opening a log of 10 M answers",
      value: large.opened["open ms"]!,
      unit: "ms",
      from: { "of 1 M": small.opened["open ms"]! }
    },
    ...(["made", "opened"] as const).map((how) => ({
      name: `peak memory when ${how}, 10 M answers over 1 M`,
      value: large[how]["peak MB"]! / small[how]["peak MB"]!,
      unit: "×",
      bar: 1.25,
      atMost: true,
      from: { "peak MB": large[how]["peak MB"]! }
    }))
  ]
}
