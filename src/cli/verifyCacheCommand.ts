/**
 * `distilabel-ts cache verify`: reads all that is kept from run to run as runs read it, and says
 * what is damaged and what the next run does about it.
 */
import { join } from "node:path"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { damageText, readResult } from "../engine/record/pastResult.ts"
import { foldersWithCheckpoints, hasDamagedCheckpoints, readPast } from "../journal/Checkpoints.ts"
import { verify, verifySteps } from "../journal/maintenance.ts"
import { SegmentIndex } from "../journal/SegmentIndex.ts"
import { figuresDamaged } from "../report/figures/RunFigures.ts"
import { counted } from "../words/figures.ts"
import { table } from "../words/terminal.ts"
import { type CacheOptions, print, size } from "./cacheCommand.ts"

export const verifyCache = async (
  outside: string | undefined,
  { dir, json }: CacheOptions
): Promise<number> => {
  const directory = cacheDirectory(dir)
  const answers = verify(join(directory, "responses"))
  const index = SegmentIndex.damage(join(directory, "responses"))
  const steps = verifySteps(directory)
  const results = await verifyResults([
    join(directory, "runs"),
    ...(outside === undefined ? [] : [outside])
  ])
  const damaged = [
    ...answersText(answers),
    ...(index === undefined
      ? []
      : [
          `The index of answers, '${index.file}', is damaged: ${index.detail}. The next run makes it again from the answers.`
        ]),
    ...steps.damaged.map(
      ({ bytes, path }) =>
        `'${path}' is damaged: ${size(bytes)} of step outputs are lost. The next run works them out again.`
    ),
    ...results.damaged
  ]
  const sound = [
    `All ${counted(answers.entries, "answer")} are sound.`,
    `So are their index, ${counted(steps.files, "file")} of step outputs and ${counted(results.folders, "folder")} of results.`
  ]
  return print(
    {
      text: (damaged.length === 0 ? sound : damaged).join("\n"),
      json: { ...answers, index, steps, results },
      code: damaged.length === 0 ? 0 : 1
    },
    json
  )
}

const answersText = ({ damage, entries }: ReturnType<typeof verify>): ReadonlyArray<string> => {
  if (damage.length === 0) return []
  const rows = damage.map(({ bytes, offset, segment }) => [
    segment,
    `at byte ${offset}`,
    size(bytes)
  ])
  return [
    `${counted(entries, "answer")} read; left out as damaged: ${counted(damage.length, "place")}. A run that needs what was there asks for it again.\n${table(rows)}`
  ]
}

/**
 * Reads the results of all runs below some folders; gives how many folders of runs there are, and
 * sentences about the damaged ones.
 */
const verifyResults = async (
  directories: ReadonlyArray<string>
): Promise<{ readonly folders: number; readonly damaged: ReadonlyArray<string> }> => {
  const folders = directories.flatMap(foldersWithCheckpoints)
  const damaged: Array<string> = []
  for (const folder of folders) {
    const past = readPast(folder)
    const [first] = past?.finish === undefined ? (past?.checkpoints ?? []) : [past.finish]
    const result =
      past === undefined || first === undefined
        ? undefined
        : await readResult(folder, Object.keys(first.leaves), past)
    if (hasDamagedCheckpoints(folder))
      damaged.push(
        `The checkpoints in '${folder}' are damaged. The next run there begins after the last sound one, and makes the rest again from the cache.`
      )
    if (result?.damaged !== undefined)
      damaged.push(
        `${damageText(result.damaged)} The next run there makes it again from the cache.`
      )
    if (figuresDamaged(folder))
      damaged.push(
        `The figures in '${folder}' are damaged. The next report there counts from that run on.`
      )
  }
  return { folders: folders.length, damaged }
}
