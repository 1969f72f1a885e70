/**
 * Shards with error rows, put back to be worked on again: what was answered stays, what failed is
 * asked for anew.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeFolder } from "../disk/makeFolder.ts"
import { writerName } from "../journal/writers.ts"
import { counted } from "../words/figures.ts"
import { readFigures } from "./figures.ts"
import { shardsOf } from "./partShards.ts"
import { placesIn, type PlannedPart, type RunPlan, shardName } from "./RunPlan.ts"

/**
 * Puts back all shards that are done and have rows that failed, with those of later parts, whose
 * rows come of theirs; gives how many. One that is interrupted puts back the rest the next time.
 */
export const retryShards = (folder: string, plan: RunPlan): number => {
  const again = new Set<number>()
  const back = plan.parts.map((part, number) => {
    const { answers, shards: places } = placesIn(folder, part)
    const all = [...(shardsOf(folder, plan, part) ?? []).keys()]
    const isThere = (index: number): boolean => existsSync(join(places, shardName(index)))
    const done = all.filter(isThere)
    // Those that were begun may have met failures too.
    for (const index of all)
      if (!isThere(index) && existsSync(join(answers, shardName(index)))) mark(folder, part, index)
    const isAfter = part.inputs.some((input) => again.has(input.part))
    const shards = isAfter ? done : done.filter((index) => hasFailed(folder, part, index))
    if (isAfter || shards.length > 0) again.add(number)
    return { part, shards }
  })
  // Later parts first: no shard stays that is made of rows which are no more.
  for (const { part, shards } of back.toReversed())
    for (const index of shards) putBack(folder, part, index)
  return back.reduce((sum, { shards }) => sum + shards.length, 0)
}

/** The same in words. */
export const retriedText = (count: number): string =>
  count === 0 ? "No shard has error rows." : `${counted(count, "shard")} with error rows: again`

/** Whether a shard is to ask again for what failed. */
export const isRetried = (folder: string, part: PlannedPart, index: number): boolean =>
  existsSync(join(placesIn(folder, part).retries, shardName(index)))

/** It has asked again. */
export const retried = (folder: string, part: PlannedPart, index: number): void =>
  rmSync(join(placesIn(folder, part).retries, shardName(index)), { force: true })

/** A shard that does not say what failed may have failed rows. */
const hasFailed = (folder: string, part: PlannedPart, index: number): boolean =>
  readFigures(join(placesIn(folder, part).shards, shardName(index)))?.steps.some(
    ({ failed }) => failed > 0
  ) ?? true

const mark = (folder: string, part: PlannedPart, index: number): void => {
  const { retries } = placesIn(folder, part)
  makeFolder(retries)
  writeFileSync(join(retries, shardName(index)), "")
}

const putBack = (folder: string, part: PlannedPart, index: number): void => {
  const { attempts, shards } = placesIn(folder, part)
  const name = shardName(index)
  mark(folder, part, index)
  // Under its name it is there as a whole or not at all.
  const gone = join(attempts, `${name}-${writerName()}`)
  makeFolder(attempts)
  renameSync(join(shards, name), gone)
  rmSync(gone, { recursive: true, force: true })
}
