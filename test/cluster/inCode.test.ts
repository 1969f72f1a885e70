import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { dryRun, from, generatorStep, Pipeline, run, runPromise, step } from "../../src/index.ts"
import { command, folder, started } from "../cli/command.ts"
import { conditions } from "../program.ts"
import { answering } from "./answering.ts"
import { hasRedis, redisServer } from "./redisServer.ts"
import { hashesIn } from "./shardFiles.ts"

const timeout = 240_000
const program = (name: string, env: Readonly<Record<string, string>>) =>
  started([`test/cluster/programs/${name}.ts`], env, undefined, { node: true })

const startedIn = (
  directory: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
) => started(args, env, `cd '${directory}'`)

const packing = (output: string): ReadonlyArray<string> =>
  ["run", "pipeline.ts", "--cluster", "env", "--pack", "--output"].concat(output)

const packedPipeline = `
import { from, generatorStep, Pipeline } from "distilabel-ts"
import { Schema } from "effect"
import { count } from "./count.ts"
const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number },
  *process({ offset }) {
    for (let n = offset; n < count; n++) yield { n }
  }
})
export default Pipeline("packed", {}, from(load))
`

describe.skipIf(!hasRedis)("a program that runs a pipeline with cluster", () => {
  it(
    "gets the dataset of one process from its own worker and one that joins, and gets it again for nothing though a shard is damaged",
    { timeout },
    async () => {
      await using redis = await redisServer()
      await using model = await answering({ latencyMs: () => 20 })
      const [output, single] = [join(folder(), "run"), folder()]
      const env = {
        TEST_URL: model.url,
        TEST_ROWS: "60",
        TEST_OUTPUT: output,
        DISTILABEL_REDIS: redis.address,
        DISTILABEL_CACHE_DIR: folder()
      }
      const args = ["run", "test/cli/pipelines/sharded.ts", "--output", single]
      expect((await command(args, env)).status).toBe(0)
      const joined = started(["worker", "--slots", "1"], env)
      for (const time of [1, 2]) {
        // What the end of a machine may do: what was kept is used, and nobody is asked again.
        if (time === 2) truncateSync(join(output, "shards/000002/default.jsonl"), 100)
        const { ended, told } = program("elsewhere", env)
        expect([(await ended)[0], told.stderr]).toEqual([0, expect.not.stringContaining("rror")])
        expect(JSON.parse(told.stdout)).toEqual({ generations: 60, length: 60 })
        expect(model.asked()).toBe(120)
      }
      expect(hashesIn(output)).toEqual(hashesIn(single))
      joined.child.kill("SIGTERM")
      await joined.ended
    }
  )

  it(
    "packs its code for a worker that does not have it, without secrets, and refuses to pack one",
    { timeout },
    async () => {
      await using redis = await redisServer()
      const [project, other] = [folder(), folder()]
      const output = join(folder(), "run")
      const env = {
        DISTILABEL_REDIS: redis.address,
        NODE_OPTIONS: conditions.join(" ")
      }
      for (const each of [project, other]) {
        mkdirSync(join(each, "node_modules"))
        symlinkSync(resolve("."), join(each, "node_modules/distilabel-ts"))
        symlinkSync(resolve("node_modules/effect"), join(each, "node_modules/effect"))
      }
      writeFileSync(join(project, "count.ts"), "export const count = 5\n")
      writeFileSync(join(project, ".env"), "OPENAI_API_KEY=sk-not-to-be-packed\n")
      writeFileSync(join(project, "pipeline.ts"), packedPipeline)
      const run = startedIn(project, packing(output), env)
      const worker = startedIn(other, ["worker", "--slots", "1"], env)
      expect([(await run.ended)[0], run.told.stdout]).toEqual([
        0,
        expect.stringContaining("5 rows")
      ])
      worker.child.kill("SIGTERM")
      await worker.ended
      const files = readdirSync(join(other, ".distilabel-ts"), { recursive: true })
      expect(files.map(String).filter((name) => name.endsWith(".ts"))).toHaveLength(2)
      expect(readdirSync(output, { recursive: true }).join("\n")).not.toContain(".env")
      writeFileSync(
        join(project, "notes.txt"),
        "the key is sk-not-to-be-packed-anywhere-0123456789"
      )
      const refused = startedIn(project, packing(join(folder(), "run")), env)
      expect([(await refused.ended)[0], refused.told.stderr]).toEqual([
        1,
        expect.stringMatching(/cannot pack its code: '[^']*notes\.txt' holds a secret/)
      ])
    }
  )

  it("is told to guard its call where workers load the program itself", { timeout }, async () => {
    await using redis = await redisServer()
    const env = { TEST_OUTPUT: join(folder(), "run"), DISTILABEL_REDIS: redis.address }
    const { ended, told } = program("unguarded", env)
    await ended
    expect(told.stderr).toMatch(
      /No worker can take the run:[^]*run only if process\.argv\[1\] === import\.meta\.filename/
    )
  })
})

class Clock extends Context.Service<Clock, { readonly hour: number }>()("test/Clock") {}
const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number },
  *process() {
    yield { n: 1 }
  }
})
const pipeline = Pipeline("numbers", {}, from(load))
const cluster = { redis: "local", module: "test/cluster/inCode.test.ts" }

it("options that a run on many machines cannot take are refused all at once, each with what to do", async () => {
  const wrong = { redis: "env", module: "nowhere.ts", workers: -1, queue: "two words" }
  const options = { useCache: false, dataset: [{ n: 2 }], maxCost: -1, cluster: wrong }
  const error = await runPromise(pipeline, options).catch((thrown: Error) => thrown.message)
  expect(error).toMatchInlineSnapshot(`
    "Pipeline 'numbers' cannot run, for 8 reasons:
      1. Option maxCost is -1. Give a number greater than or equal to 0, or leave it out.
      2. A run with cluster needs outputDir, a folder that all workers see or an address of an object store.
      3. A run with cluster does not take option useCache: it is for a run in one process.
      4. A run with cluster does not take rows as dataset: workers do not see those of this process. Have the generator read them from a file.
      5. Option cluster.workers is -1. Give a whole number, 0 or more, or leave it out.
      6. Option cluster.queue is "two words". Give a name of letters, digits, '_', '-' and '.', or leave it out.
      7. A run with cluster finds no module 'nowhere.ts'. Name the one whose default export is the pipeline.
      8. A run with cluster with redis: "env" needs DISTILABEL_REDIS, which is not set."
  `)
})

it("a dataset of the Hub is no folder that workers share", async () => {
  const options = {
    outputDir: "hf://datasets/me/rows",
    cluster: { redis: "local", module: import.meta.filename }
  }
  await expect(runPromise(pipeline, options)).rejects.toThrow(
    "Cannot write 'hf://datasets/me/rows': datasets of the Hub are no place for shards"
  )
})

it("what a run may fail with, and what it may be given, is known to the compiler", () => {
  const plain: Effect.Effect<unknown, { readonly _tag: string }> = run(pipeline)
  // @ts-expect-error: a run in one process needs no Redis
  const tag = (error: Effect.Error<typeof plain>): "BrokerUnreachable" => error._tag
  const clustered = run(pipeline, { cluster })
  const unreachable = (error: Effect.Error<typeof clustered>): boolean =>
    error._tag === "BrokerUnreachable"
  // @ts-expect-error: a trial is for one process
  const trial = dryRun(pipeline, { cluster })
  const hours = step({
    name: "hours",
    inputs: { n: Schema.Number },
    outputs: { hour: Schema.Number },
    process: (rows) => Effect.map(Clock, ({ hour }) => rows.map((row) => ({ ...row, hour })))
  })
  // @ts-expect-error: workers have no services of this process
  const served = run(Pipeline("served", {}, from(load).to(hours)), { cluster })
  expect([tag, unreachable, trial, served]).toHaveLength(4)
})
