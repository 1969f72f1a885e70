/** `distilabel-ts cache`: what is kept from run to run, whether it is sound, and making room. */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { counted, duration, table } from "../engine/figures.ts"
import { cacheDirectory } from "../data/cacheDirectory.ts"
import { type CacheFile, cacheFiles, entriesOf, type FoundEntry, prune, verify } from "../journal/maintenance.ts"
import { closest } from "../columns/closest.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts cache COMMAND [options]

What models have answered and what steps have worked out is kept from run to run, so that nothing is paid for twice.

Commands:
  list      answers by pipeline, step and model
  size      how much room answers, outputs of steps and results of runs take
  inspect   the answers of one row, or under one key
  verify    reads every answer against its checksum
  prune     makes room: removes answers and outputs of steps, oldest first; results of runs stay

Options:
  --dir DIR             the cache directory (default: DISTILABEL_CACHE_DIR, else the user's cache folder)
  --pipeline NAME       inspect: answers for this pipeline
  --step NAME           inspect: answers for this step
  --row PLACE           inspect: answers for this row, counted from 0
  --older-than AGE      prune: what was written longer ago, as 30d, 12h or 45m
  --max-size SIZE       prune: until no more is left, as 5GB, 300MB or 20KB
  --dry-run             prune: says what would go, and leaves it
  --json                prints JSON
  --help                this text

Examples:
  distilabel-ts cache list
  distilabel-ts cache inspect --pipeline pipe-name --row 17
  distilabel-ts cache prune --older-than 30d --max-size 5GB --dry-run
`

const options = {
  dir: { type: "string" },
  pipeline: { type: "string" },
  step: { type: "string" },
  row: { type: "string" },
  "older-than": { type: "string" },
  "max-size": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

interface Told {
  readonly text: string
  readonly json: unknown
  readonly code?: number
}

/** Runs the command; gives the exit code. */
export const cacheCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals: [name, ...others], values } = UsageError.of("cache", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help || name === undefined) {
    console.log(help)
    return values.help ? 0 : 2
  }
  const command = commands[name]
  if (command === undefined) {
    const near = closest(name, Object.keys(commands))
    throw new UsageError("cache", `there is no 'cache ${name}'.${near === undefined ? "" : ` Did you mean '${near}'?`}`)
  }
  const { code = 0, json, text } = command(cacheDirectory(values.dir), values, others)
  console.log(values.json ? JSON.stringify(json, undefined, 2) : text)
  return code
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"]

const responses = (directory: string): string => join(directory, "responses")

const list = (directory: string): Told => {
  const groups = new Map<string, { readonly pipeline: string; readonly step: string; readonly model: string; answers: number; bytes: number; latest: number }>()
  for (const { bytes, entry: { at, model, pipeline = "", step = "" } } of entriesOf(responses(directory))) {
    const key = JSON.stringify([pipeline, step, model])
    const group = groups.get(key) ?? { pipeline, step, model, answers: 0, bytes: 0, latest: 0 }
    groups.set(key, { ...group, answers: group.answers + 1, bytes: group.bytes + bytes, latest: Math.max(group.latest, at) })
  }
  const all = [...groups.values()].toSorted((a, b) => b.latest - a.latest)
  if (all.length === 0) return { text: `No answers are kept in ${directory}.`, json: [] }
  const rows = all.map((group) => [group.pipeline, group.step, group.model, counted(group.answers, "answer"), size(group.bytes), `${age(group.latest)} ago`])
  return { text: `${directory}\n${table(rows)}`, json: all }
}

const sizes = (directory: string): Told => {
  const parts = Object.entries(cacheFiles(directory)).map(([what, files]) => ({ what, files: files.length, bytes: total(files) }))
  const names: Readonly<Record<string, string>> = { responses: "answers of models", steps: "outputs of steps", runs: "results of runs" }
  const all = { what: "in all", files: parts.reduce((sum, { files }) => sum + files, 0), bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
  const rows = [...parts, all].map(({ bytes, files, what }) => [names[what] ?? what, size(bytes), counted(files, "file")])
  return { text: `${directory}\n${table(rows)}`, json: { directory, ...Object.fromEntries(parts.map(({ bytes, files, what }) => [what, { files, bytes }])) } }
}

/** So many answers are shown at most. */
const mostShown = 20

const inspect = (directory: string, { pipeline, row, step }: Values, [key]: ReadonlyArray<string>): Told => {
  if (key === undefined && pipeline === undefined && row === undefined && step === undefined) {
    throw new UsageError("cache", "inspect takes a KEY, or --pipeline, --step and --row, or some of them")
  }
  const found: Array<FoundEntry> = []
  for (const each of entriesOf(responses(directory))) {
    const { entry } = each
    const fits = (key === undefined || entry.key.startsWith(key)) && (pipeline === undefined || entry.pipeline === pipeline) &&
      (step === undefined || entry.step === step) && (row === undefined || entry.row === row || entry.row?.startsWith(`${row}.`) === true)
    if (fits && found.push(each) >= mostShown) break
  }
  if (found.length === 0) return { text: "No answer fits.", json: [], code: 1 }
  const more = found.length < mostShown ? "" : `\n\nThe first ${mostShown}; more of --pipeline, --step and --row tells less.`
  return { text: found.map(({ entry }) => entryText(entry)).join("\n\n") + more, json: found.map(({ entry }) => entry) }
}

const entryText = ({ asked, at, key, llm, model, output, pipeline = "?", row = "?", step = "?" }: FoundEntry["entry"]): string => {
  const { generations = [], statistics } = output as { readonly generations?: ReadonlyArray<string | null>; readonly statistics?: unknown }
  return [
    `${pipeline} · ${step} · row ${row}`,
    `  key     ${key}`,
    `  model   ${model} (${llm}), ${new Date(at).toISOString()}, ${age(at)} ago`,
    `  tokens  ${JSON.stringify(statistics ?? {})}`,
    `  asked   ${indented(asked)}`,
    ...generations.map((text) => `  answer  ${indented(text ?? "(no text)")}`)
  ].join("\n")
}

const indented = (text: string): string => text.replaceAll("\n", `\n${" ".repeat(10)}`)

const verified = (directory: string): Told => {
  const { damage, entries } = verify(responses(directory))
  const rows = damage.map(({ bytes, offset, segment }) => [segment, `at byte ${offset}`, size(bytes)])
  const text = damage.length === 0
    ? `All ${counted(entries, "answer")} are sound.`
    : `${counted(entries, "answer")} read; left out as damaged: ${counted(damage.length, "place")}\n${table(rows)}`
  return { text, json: { entries, damage }, code: damage.length === 0 ? 0 : 1 }
}

const pruned = (directory: string, values: Values): Told => {
  const olderThanMs = values["older-than"] === undefined ? undefined : scaled("older-than", values["older-than"], { d: 86_400_000, h: 3_600_000, m: 60_000 })
  const maxBytes = values["max-size"] === undefined ? undefined : scaled("max-size", values["max-size"], { GB: 1e9, MB: 1e6, KB: 1e3, B: 1 })
  if (olderThanMs === undefined && maxBytes === undefined) throw new UsageError("cache", "prune takes --older-than or --max-size, or both")
  const dryRun = values["dry-run"]
  const gone = prune(directory, { olderThanMs, maxBytes, dryRun })
  const text = `${counted(gone.length, "file")}${dryRun ? " would go" : " removed"}, ${size(total(gone))}.`
  return { text, json: { dryRun, files: gone.map(({ path }) => path), bytes: total(gone) } }
}

const commands: Readonly<Record<string, (directory: string, values: Values, others: ReadonlyArray<string>) => Told>> = {
  list,
  size: sizes,
  inspect,
  verify: verified,
  prune: pruned
}

const scaled = (name: string, text: string, units: Readonly<Record<string, number>>): number => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? []
  const factor = Object.entries(units).find(([key]) => key.toLowerCase() === unit.toLowerCase())?.[1]
  if (factor === undefined) throw new UsageError("cache", `--${name} takes a number with ${Object.keys(units).join(", ")}, not '${text}'`)
  return Number(number) * factor
}

const total = (files: ReadonlyArray<CacheFile>): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

const size = (bytes: number): string => {
  const [unit, factor] = bytes < 1000 ? ["B", 1] : bytes < 1e6 ? ["KB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9]
  return `${(bytes / factor).toFixed(factor === 1 || bytes / factor >= 100 ? 0 : 1)} ${unit}`
}

const age = (at: number): string => {
  const days = Math.floor((Date.now() - at) / 86_400_000)
  return days > 0 ? `${days} ${days === 1 ? "day" : "days"}` : duration((Date.now() - at) / 1000)
}
