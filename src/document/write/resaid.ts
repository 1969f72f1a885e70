/** Saving what was loaded: all that the document said, with the classes where 1.5.3 has them. */
import type { GraphNode } from "../../pipeline/Graph.ts"
import { currentTypeInfo, type TypeInfo } from "../classes/pythonClasses.ts"
import type { LoadedPipeline } from "../read/LoadedPipeline.ts"
import { ownFields } from "../read/readModel.ts"
import { ownKey } from "../tree/DocumentSchema.ts"
import { isRecord, setKey, type Tree, type TreeRecord } from "../tree/Tree.ts"
import { passedOver } from "./Writer.ts"

/** How a step is named here and in the document, and how it is written anew. */
interface Rewriting {
  readonly written: (name: string) => string
  readonly rewritten: (node: GraphNode, type: TypeInfo, own: TreeRecord) => TreeRecord
  readonly named: (step: TreeRecord, name: string, written: string) => TreeRecord
}

/**
 * The document again. A step whose parameters were set since is written anew over what was said of
 * it.
 */
export const said = (
  { graph, said: { steps, tree } }: LoadedPipeline,
  { named, rewritten, written }: Rewriting
): TreeRecord => {
  const document = tree as TreeRecord
  const pipeline = document["pipeline"] as TreeRecord
  const entries = pipeline["steps"] as ReadonlyArray<TreeRecord>
  const names = new Map<string, string>()
  const own = [...steps].sort(([, a], [, b]) => a.entry - b.entry)
  for (const [name, { entry }] of own) {
    const before = (entries[entry]!["step"] as TreeRecord)["name"] ?? entries[entry]!["name"]
    if (typeof before === "string") names.set(before, written(name))
  }
  const renamed = (name: Tree): Tree =>
    typeof name === "string" ? (names.get(name) ?? name) : name
  const renamedAll = (list: Tree | undefined): Tree =>
    Array.isArray(list) ? (list as ReadonlyArray<Tree>).map(renamed) : (list ?? null)
  const stepEntry = (entry: TreeRecord, i: number): TreeRecord => {
    const [name, { step }] = own[i]!
    const node = graph.nodes.get(name)!
    const before = entry["step"] as TreeRecord
    const now =
      node.step === step
        ? before
        : laidOver(
            before,
            rewritten(node, before["type_info"] as unknown as TypeInfo, ownFields(before))
          )
    const from = ownFields(now)["from"]
    const fields =
      from === undefined ? now : { ...now, [ownKey]: { ...ownFields(now), from: renamedAll(from) } }
    const current = withCurrentClasses(fields) as TreeRecord
    const whole = written(name) === current["name"] ? current : named(current, name, written(name))
    return { ...entry, step: whole, ...("name" in entry ? { name: written(name) } : {}) }
  }
  return {
    ...document,
    pipeline: {
      ...pipeline,
      steps: entries.map(stepEntry),
      ...mapped(pipeline, "connections", (entry) => ({
        ...entry,
        from: renamed(entry["from"]!),
        ...("to" in entry ? { to: renamedAll(entry["to"]) } : {})
      })),
      ...mapped(pipeline, "routing_batch_functions", (entry) => {
        const beside = entry[ownKey]
        return {
          ...entry,
          step: renamed(entry["step"]!),
          ...(isRecord(beside) && "to" in beside
            ? { [ownKey]: { ...beside, to: renamedAll(beside["to"]) } }
            : {})
        }
      })
    },
    ...leavesOf(document, renamedAll)
  }
}

const mapped = (
  record: TreeRecord,
  key: string,
  change: (entry: TreeRecord) => TreeRecord
): TreeRecord => {
  const list = record[key]
  return Array.isArray(list) ? { [key]: (list as ReadonlyArray<TreeRecord>).map(change) } : {}
}

const leavesOf = (document: TreeRecord, renamed: (list: Tree | undefined) => Tree): TreeRecord => {
  const own = document[ownKey]
  return isRecord(own) && "leaves" in own
    ? { [ownKey]: { ...own, leaves: renamed(own["leaves"]) } }
    : {}
}

/**
 * Old names and modules of classes as 1.5.3 has them, in their places; the old name comes back when
 * the document is loaded here.
 */
const withCurrentClasses = (value: Tree): Tree => {
  if (Array.isArray(value)) return (value as ReadonlyArray<Tree>).map(withCurrentClasses)
  if (!isRecord(value)) return value
  const record: Record<string, Tree> = {}
  for (const [key, item] of Object.entries(value))
    setKey(
      record,
      key,
      key === "data" || key === "runtime_parameters_info" ? item : withCurrentClasses(item)
    )
  const info = record["type_info"]
  if (!isRecord(info) || typeof info["name"] !== "string" || typeof info["module"] !== "string")
    return record
  const current = currentTypeInfo({ module: info["module"], name: info["name"] })
  record["type_info"] = { ...info, ...current }
  if (current.name === info["name"] || ownFields(record)["class"] !== undefined) return record
  const { type_info, ...rest } = record
  return {
    ...rest,
    [ownKey]: passedOver({ ...ownFields(record), class: info["name"] }),
    type_info: type_info
  }
}

/** What is written anew, over what was said: keys that only the document has stay. */
const laidOver = (before: TreeRecord, now: TreeRecord): TreeRecord => {
  const record: Record<string, Tree> = { ...before }
  for (const [key, value] of Object.entries(now)) {
    const old = before[key]
    if (key === "type_info" || key === "runtime_parameters_info" || key === "name") continue
    setKey(record, key, isRecord(old) && isRecord(value) ? laidOver(old, value) : value)
  }
  return record
}
