/**
 * Merging a card into that of a dataset which is there already: what others wrote of it stays, as
 * do configurations that are not written anew.
 */
import { emptyConfigs } from "../files/layout.ts"

type Metadata = Readonly<Record<string, unknown>>

const parts = /^\uFEFF?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)(.*)$/s

/** The new README over the old one. Without a card of its own, the old text stays. */
export const mergedCard = async (
  old: string | undefined,
  made: string,
  keepsText: boolean
): Promise<string> => {
  const { parse, stringify } = await import("yaml")
  const [, oldYaml = "", oldText = ""] = parts.exec(old ?? "") ?? ["", "", old ?? ""]
  const [, newYaml = "", newText = ""] = parts.exec(made) ?? []
  const before = metadataOf(oldYaml, parse)
  const after = metadataOf(newYaml, parse)
  // What has no rows any more is described as such alone, unless all of a configuration's other splits have some.
  const emptied = new Set(list(after[emptyConfigs]).map(nameOf))
  const stays = (item: unknown): boolean => !emptied.has(nameOf(item))
  const configs = byName(list(before["configs"]).filter(stays), list(after["configs"]))
  const infos = byName(list(before["dataset_info"]).filter(stays), list(after["dataset_info"]))
  const written = new Set(list(after["configs"]).map(nameOf))
  const empty = byName(
    list(before[emptyConfigs]).filter((item) => !written.has(nameOf(item))),
    list(after[emptyConfigs])
  )
  const merged = {
    ...before,
    ...after,
    tags: [...new Set([...list(before["tags"]), ...list(after["tags"])])],
    dataset_info:
      infos.length === 1
        ? infos[0]
        : infos.map((info) => ({ config_name: "default", ...(info as Metadata) })),
    configs,
    [emptyConfigs]: empty.length === 0 ? undefined : empty
  }
  const text = keepsText && oldText.trim() !== "" ? oldText : newText
  return `---\n${stringify(merged, { version: "1.1", lineWidth: 0 })}---\n${text}`
}

/** A front matter that cannot be read says nothing. */
const metadataOf = (yaml: string, parse: (yaml: string) => unknown): Metadata => {
  try {
    const parsed = parse(yaml)
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Metadata)
      : {}
  } catch {
    return {}
  }
}

const list = (value: unknown): ReadonlyArray<unknown> =>
  value === undefined || value === null ? [] : [value].flat()

const nameOf = (item: unknown): string => {
  const { config_name: name } = (typeof item === "object" && item !== null ? item : {}) as {
    readonly config_name?: unknown
  }
  return typeof name === "string" ? name : "default"
}

const byName = (
  old: ReadonlyArray<unknown>,
  made: ReadonlyArray<unknown>
): ReadonlyArray<unknown> => {
  const all = new Map([...old, ...made].map((item) => [nameOf(item), item]))
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}
