/** `distilabel-ts cache`: what is kept from run to run, and making room. */
import { join } from "node:path"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import {
  type CacheFile,
  cacheFiles,
  entriesOf,
  type FoundEntry,
  prune
} from "../journal/maintenance.ts"
import { totalUsage } from "../models/chat/Answer.ts"
import { restoredOutput } from "../models/chat/storedAnswers.ts"
import { counted } from "../words/figures.ts"
import { duration, table } from "../words/terminal.ts"
import { UsageError } from "./UsageError.ts"

export interface CacheOptions {
  readonly dir: string | undefined
  readonly json: boolean
}

interface Told {
  readonly text: string
  readonly json: unknown
  readonly code?: number
}

/** Prints what a command tells; gives the exit code. */
export const print = ({ code = 0, json, text }: Told, asJson: boolean): number => {
  console.log(asJson ? JSON.stringify(json, undefined, 2) : text)
  return code
}

export const listCache = ({ dir, json }: CacheOptions): number =>
  print(list(cacheDirectory(dir)), json)

export const sizeOfCache = ({ dir, json }: CacheOptions): number =>
  print(sizes(cacheDirectory(dir)), json)

export const inspectCache = (
  key: string | undefined,
  { dir, json, ...about }: CacheOptions & InspectedRow
): number => print(inspect(cacheDirectory(dir), key, about), json)

export const pruneCache = ({ dir, json, ...what }: CacheOptions & Pruned): number =>
  print(pruned(cacheDirectory(dir), what), json)

const responses = (directory: string): string => join(directory, "responses")

const list = (directory: string): Told => {
  const groups = new Map<
    string,
    {
      readonly pipeline: string
      readonly step: string
      readonly model: string
      answers: number
      bytes: number
      latest: number
    }
  >()
  for (const {
    bytes,
    entry: { at, model, output, pipeline = "", step = "" }
  } of entriesOf(responses(directory))) {
    if (output === undefined) continue
    const key = JSON.stringify([pipeline, step, model])
    const group = groups.get(key) ?? { pipeline, step, model, answers: 0, bytes: 0, latest: 0 }
    groups.set(key, {
      ...group,
      answers: group.answers + 1,
      bytes: group.bytes + bytes,
      latest: Math.max(group.latest, at)
    })
  }
  const all = [...groups.values()].toSorted((a, b) => b.latest - a.latest)
  if (all.length === 0) return { text: `No answers are kept in ${directory}.`, json: [] }
  const rows = all.map((group) => [
    group.pipeline,
    group.step,
    group.model,
    counted(group.answers, "answer"),
    size(group.bytes),
    `${age(group.latest)} ago`
  ])
  return { text: `${directory}\n${table(rows)}`, json: all }
}

const sizes = (directory: string): Told => {
  const parts = Object.entries(cacheFiles(directory)).map(([what, files]) => ({
    what,
    files: files.length,
    bytes: total(files)
  }))
  const names: Readonly<Record<string, string>> = {
    responses: "answers of models",
    steps: "outputs of steps",
    runs: "results of runs"
  }
  const all = {
    what: "in all",
    files: parts.reduce((sum, { files }) => sum + files, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  const rows = [...parts, all].map(({ bytes, files, what }) => [
    names[what] ?? what,
    size(bytes),
    counted(files, "file")
  ])
  return {
    text: `${directory}\n${table(rows)}`,
    json: {
      directory,
      ...Object.fromEntries(parts.map(({ bytes, files, what }) => [what, { files, bytes }]))
    }
  }
}

/** So many answers are shown at most. */
const mostShown = 20

interface InspectedRow {
  readonly pipeline: string | undefined
  readonly step: string | undefined
  readonly row: string | undefined
}

const inspect = (
  directory: string,
  key: string | undefined,
  { pipeline, row, step }: InspectedRow
): Told => {
  if (key === undefined && pipeline === undefined && row === undefined && step === undefined) {
    throw new UsageError(
      "cache inspect",
      "inspect takes a KEY, or --pipeline, --step and --row, or some of them"
    )
  }
  const found: Array<FoundEntry> = []
  for (const each of entriesOf(responses(directory))) {
    const { entry } = each
    const fits =
      (key === undefined || entry.key.startsWith(key)) &&
      (pipeline === undefined || entry.pipeline === pipeline) &&
      (step === undefined || entry.step === step) &&
      (row === undefined || entry.row === row || entry.row?.startsWith(`${row}.`) === true)
    if (fits && found.push(each) >= mostShown) break
  }
  if (found.length === 0) return { text: "No answer fits.", json: [], code: 1 }
  const more =
    found.length < mostShown
      ? ""
      : `\n\nThe first ${mostShown}; more of --pipeline, --step and --row tells less.`
  return {
    text: found.map(({ entry }) => entryText(entry)).join("\n\n") + more,
    json: found.map(({ entry }) => entry)
  }
}

const entryText = ({
  asked,
  at,
  key,
  llm,
  model,
  output,
  pipeline = "?",
  row = "?",
  step = "?"
}: FoundEntry["entry"]): string => {
  const { answers } = restoredOutput(output)
  return [
    `${pipeline} · ${step} · row ${row}`,
    `  key     ${key}`,
    `  model   ${model} (${llm}), ${new Date(at).toISOString()}, ${age(at)} ago`,
    `  tokens  ${JSON.stringify(totalUsage(answers) ?? {})}`,
    `  asked   ${indented(asked)}`,
    ...answers.map(({ text }) => `  answer  ${indented(text ?? "(no text)")}`)
  ].join("\n")
}

const indented = (text: string): string => text.replaceAll("\n", `\n${" ".repeat(10)}`)

interface Pruned {
  readonly olderThan: string | undefined
  readonly maxSize: string | undefined
  readonly dryRun: boolean
}

const pruned = (directory: string, { dryRun, maxSize, olderThan }: Pruned): Told => {
  const olderThanMs =
    olderThan === undefined
      ? undefined
      : scaled("older-than", olderThan, { d: 86_400_000, h: 3_600_000, m: 60_000 })
  const maxBytes =
    maxSize === undefined
      ? undefined
      : scaled("max-size", maxSize, { GB: 1e9, MB: 1e6, KB: 1e3, B: 1 })
  if (olderThanMs === undefined && maxBytes === undefined)
    throw new UsageError("cache prune", "prune takes --older-than or --max-size, or both")
  const gone = prune(directory, { olderThanMs, maxBytes, dryRun })
  const text = `${counted(gone.length, "file")}${dryRun ? " would go" : " removed"}, ${size(total(gone))}.`
  return { text, json: { dryRun, files: gone.map(({ path }) => path), bytes: total(gone) } }
}

const scaled = (name: string, text: string, units: Readonly<Record<string, number>>): number => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? []
  const factor = Object.entries(units).find(
    ([key]) => key.toLowerCase() === unit.toLowerCase()
  )?.[1]
  if (factor === undefined)
    throw new UsageError(
      "cache prune",
      `--${name} takes a number with ${Object.keys(units).join(", ")}, not '${text}'`
    )
  return Number(number) * factor
}

const total = (files: ReadonlyArray<CacheFile>): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)

/** Bytes as a person reads them. */
export const size = (bytes: number): string => {
  const [unit, factor] =
    bytes < 1000 ? ["B", 1] : bytes < 1e6 ? ["KB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9]
  return `${(bytes / factor).toFixed(factor === 1 || bytes / factor >= 100 ? 0 : 1)} ${unit}`
}

const age = (at: number): string => {
  const days = Math.floor((Date.now() - at) / 86_400_000)
  return days > 0 ? `${days} ${days === 1 ? "day" : "days"}` : duration((Date.now() - at) / 1000)
}
