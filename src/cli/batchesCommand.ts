/** `distilabel-ts batches`: jobs of batch APIs that runs have made and not yet read. */
import { setTimeout as sleep } from "node:timers/promises"
import * as Effect from "effect/Effect"
import pc from "picocolors"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { batchesIn, batchFolders } from "../engine/local/batching.ts"
import type { BatchApi, JobState } from "../models/asking/BatchApi.ts"
import { CurrentBatches } from "../models/asking/Batches.ts"
import type { Diagnosis } from "../models/asking/Diagnosis.ts"
import type { AskedModel } from "../models/batch/BatchStore.ts"
import type { LLM } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import { modelKinds } from "../models/providers.ts"
import { counted, dollars } from "../words/figures.ts"
import { duration, table } from "../words/terminal.ts"
import type { CacheOptions } from "./cacheCommand.ts"
import { UsageError } from "./UsageError.ts"

type AnyBatchApi = Pick<BatchApi<never, unknown>, "cancel" | "look">
type Folder = ReturnType<ReturnType<typeof batchFolders>["all"]>[number]

/** A job, and how far its provider says it is. */
interface Seen {
  readonly name: string
  readonly job: string | undefined
  readonly by: string
  readonly model: string
  readonly questions: number
  readonly made: string
  /** US dollars; null if the price is not known. */
  readonly estimate: number | null
  readonly state: JobState["kind"] | "not made yet" | "unknown"
  readonly detail?: string
}

/** Lists jobs; gives the exit code. */
export const listBatches = async ({ dir, json }: CacheOptions): Promise<number> => {
  const seen = await Promise.all(foldersIn(dir).map(seenOf))
  if (json) console.log(JSON.stringify(seen, undefined, 2))
  else console.log(seen.length === 0 ? none(dir) : listText(seen))
  return 0
}

/** Waits until all jobs have ended; gives the exit code. */
export const waitForBatches = async ({
  dir,
  every = 30,
  json
}: CacheOptions & { readonly every: number | undefined }): Promise<number> => {
  for (;;) {
    const seen = await Promise.all(foldersIn(dir).map(seenOf))
    const open = seen.filter(({ state }) => state === "under way" || state === "not made yet")
    if (open.length === 0) {
      if (json) console.log(JSON.stringify(seen, undefined, 2))
      else
        console.log(
          seen.length === 0
            ? none(dir)
            : `${counted(seen.length, "job")} ended. The command that made them takes their answers.`
        )
      return seen.every(({ state }) => state === "ended") ? 0 : 1
    }
    await sleep(every * 1000)
  }
}

/** Cancels jobs; gives the exit code. */
export const cancelBatches = async (
  names: ReadonlyArray<string>,
  { all, dir, json }: CacheOptions & { readonly all: boolean }
): Promise<number> => {
  const folders = foldersIn(dir)
  if (names.length === 0 && !all)
    throw new UsageError("batches cancel", "takes the names of jobs, or --all for every one")
  const known = folders.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UsageError(
      "batches cancel",
      `there is no job '${unknown[0]}'. There are: ${known.join(", ") || "none"}`
    )
  const chosen = all ? folders : folders.filter(({ name }) => names.includes(name))
  const told = await Promise.all(
    chosen.map(async (folder) => {
      const { job } = folder.progress
      if (job === undefined)
        return { name: folder.name, cancelled: false, detail: "it has no job yet" }
      return withApi(
        folder.facts.asked,
        (api) =>
          api.cancel?.(job.id) ??
          Effect.fail({
            reason: "InvalidRequest",
            detail: `jobs of ${folder.facts.by} run to their end`
          } as const)
      ).then(
        () => ({ name: folder.name, cancelled: true }),
        (error: Error) => ({ name: folder.name, cancelled: false, detail: error.message })
      )
    })
  )
  if (json) console.log(JSON.stringify(told, undefined, 2))
  else
    for (const { cancelled, detail, name } of told as ReadonlyArray<{
      readonly name: string
      readonly cancelled: boolean
      readonly detail?: string
    }>)
      console.log(
        cancelled
          ? `${name} is cancelled. What it has answered is paid for: the command that made it takes those answers.`
          : `${name} is not cancelled: ${detail}`
      )
  return told.every(({ cancelled }) => cancelled) ? 0 : 1
}

const foldersIn = (dir: string | undefined): ReadonlyArray<Folder> =>
  batchFolders(batchesIn(cacheDirectory(dir))).all()

const none = (dir: string | undefined): string =>
  `No batch jobs are kept in ${batchesIn(cacheDirectory(dir))}.`

const seenOf = async ({ facts, name, progress }: Folder): Promise<Seen> => {
  const { asked, by, estimate, made, questions } = facts
  const { job } = progress
  const known = {
    name,
    job: job?.id,
    by,
    model: asked.model,
    questions,
    made: new Date(made).toISOString(),
    estimate
  }
  if (job === undefined) return { ...known, state: "not made yet" }
  try {
    const state = await withApi(asked, (api) => api.look(job.id))
    return {
      ...known,
      state: state.kind,
      ...(state.kind === "failed" ? { detail: state.diagnosis.detail } : {}),
      ...(state.kind === "under way" && state.answered !== undefined
        ? { detail: `${state.answered} answered` }
        : {})
    }
  } catch (thrown) {
    return { ...known, state: "unknown", detail: (thrown as Error).message }
  }
}

/** Asks the provider of a job, with the keys of the environment. */
const withApi = <A>(
  { address: [option, url], model, type }: AskedModel,
  ask: (api: AnyBatchApi) => Effect.Effect<A, Diagnosis>
): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const kind = modelKinds.find((each) => each.type === type)
        if (kind === undefined) return yield* Effect.fail(new Error(`there is no class '${type}'`))
        let api: AnyBatchApi | undefined
        const described = kind.describe({ model, [option]: url, preflight: false } as never) as LLM
        yield* Effect.provideService(
          described.open as Effect.Effect<unknown, LLMError>,
          CurrentBatches,
          {
            takes: () => false,
            opened: ({ batches }) => Effect.sync(() => void (api = batches)),
            deliver: () => Effect.succeed(undefined)
          }
        )
        if (api === undefined) return yield* Effect.fail(new Error(`${type} has no batch API`))
        return yield* Effect.mapError(ask(api), ({ detail }) => new Error(detail))
      })
    )
  )

const marks: Readonly<Record<Seen["state"], string>> = {
  "under way": pc.cyan("●"),
  ended: pc.green("✓"),
  failed: pc.red("✗"),
  "not made yet": pc.dim("○"),
  unknown: pc.yellow("?")
}

const listText = (seen: ReadonlyArray<Seen>): string => {
  const rows = seen.map(({ by, detail = "", estimate, made, model, name, questions, state }) => [
    `${marks[state]} ${name}`,
    by,
    model,
    counted(questions, "question"),
    `${duration((Date.now() - Date.parse(made)) / 1000)} ago`,
    estimate === null ? "" : `about ${dollars(estimate)}`,
    state === "ended"
      ? "ended: run the same command again"
      : [state, detail].filter(Boolean).join(": ")
  ])
  return table(rows)
}
