import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { identify } from "../../src/engine/identity/identify.ts"
import {
  estimate,
  from,
  generatorStep,
  globalStep,
  joinStep,
  Pipeline,
  type Row,
  run,
  runPromise,
  runStep,
  runStepPromise,
  step,
  StepFailed
} from "../../src/index.ts"
import { numbers } from "./rows.ts"

class Greeter extends Context.Service<
  Greeter,
  { readonly greet: (n: number) => Effect.Effect<string> }
>()("test/Greeter") {
  static readonly layer = (word: string) =>
    Layer.succeed(Greeter, { greet: (n: number) => Effect.succeed(`${word} ${n}`) })
}

class Source extends Context.Service<Source, { readonly rows: ReadonlyArray<{ n: number }> }>()(
  "test/Source"
) {}

const greet = step({
  name: "greet",
  inputs: { n: Schema.Number },
  outputs: { text: Schema.String },
  process: (rows) =>
    Effect.gen(function* () {
      const greeter = yield* Greeter
      return yield* Effect.forEach(rows, ({ n }) =>
        Effect.map(greeter.greet(n), (text) => ({ text }))
      )
    })
})

const quiet = { progress: "none" } as const
const texts = (rows: ReadonlyArray<Row>): ReadonlyArray<unknown> => rows.map(({ text }) => text)

describe("services that steps require", () => {
  it("reach process from where the run is provided with them", async () => {
    const distiset = await run(Pipeline("p", {}, from(numbers(3)).to(greet)), quiet).pipe(
      Effect.provide(Greeter.layer("hello")),
      Effect.runPromise
    )
    expect(texts(await distiset.default.toArray())).toEqual(["hello 0", "hello 1", "hello 2"])
  })

  it("reach generators, global steps, joins and steps that run alone", async () => {
    const load = generatorStep({
      name: "load",
      outputs: { n: Schema.Number },
      process: ({ offset }) => Effect.map(Source, ({ rows }) => rows.slice(offset))
    })
    const all = globalStep({
      name: "all",
      inputs: { n: Schema.Number },
      outputs: { text: Schema.String },
      process: (rows) =>
        Effect.gen(function* () {
          const { greet } = yield* Greeter
          return yield* Effect.forEach(rows, (row) =>
            Effect.map(greet(row.n * 2), (text) => ({ ...row, text }))
          )
        })
    })
    const best = joinStep({
      name: "best",
      outputs: { text: Schema.String },
      process: (arms) =>
        Effect.gen(function* () {
          const { greet } = yield* Greeter
          return [{ text: yield* greet(arms.length) }]
        })
    })
    const provided = <A, E>(effect: Effect.Effect<A, E, Greeter | Source>): Promise<A> =>
      effect.pipe(
        Effect.provide(
          Layer.merge(Greeter.layer("hi"), Layer.succeed(Source, { rows: [{ n: 1 }, { n: 2 }] }))
        ),
        Effect.runPromise
      )
    const rows = from(load)
    const global = await provided(run(Pipeline("p", {}, rows.to(all)), quiet))
    expect(texts(await global.default.toArray())).toEqual(["hi 2", "hi 4"])
    const joined = await provided(
      run(
        Pipeline("p", {}, rows.branch([greet, { ...greet, name: "other" as const }]).join(best)),
        quiet
      )
    )
    expect(texts(await joined.default.toArray())).toEqual(["hi 2", "hi 2"])
    const { rows: alone } = await provided(runStep(greet, [{ n: 7 }]))
    expect(texts(alone)).toEqual(["hi 7"])
    const { rows: counted } = await provided(estimate(Pipeline("p", {}, rows.to(greet)), quiet))
    expect(counted).toBe(2)
  })

  it("end the run where they are missing, with the service's name and what to do", async () => {
    // As a program in JavaScript, or a pipeline without types, would.
    const pipeline = Pipeline("p", {}, from(numbers(3)).to(greet)) as never
    const error = await runPromise(pipeline, quiet).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StepFailed)
    expect(error).toMatchObject({ step: "greet", reason: "ServiceMissing" })
    expect((error as StepFailed).detail).toMatch(/test\/Greeter.*Effect\.provide/s)
  })

  it("are no part of what makes a step the same: its rows are not kept without a version", async () => {
    const { notices } = await identify(Pipeline("p", {}, from(numbers(3)).to(greet)).graph)
    expect(notices.join("\n")).toContain("Step 'greet'")
    expect(notices.join("\n")).toContain("('test/Greeter', a service)")
  })
})

describe("streams that steps return", () => {
  const doubled = step({
    name: "doubled",
    inputs: { n: Schema.Number },
    outputs: { text: Schema.String },
    process: (rows) =>
      Stream.fromIterable(rows).pipe(
        Stream.mapEffect(({ n }) =>
          Effect.gen(function* () {
            if (n === 3) return yield* Effect.fail(new Error("no three"))
            return { text: yield* (yield* Greeter).greet(2 * n) }
          })
        )
      )
  })

  it("give their rows, with their services; a failure is that of its row", async () => {
    const { errors, rows } = await runStep(
      doubled,
      Array.from({ length: 5 }, (_, n) => ({ n }))
    ).pipe(Effect.provide(Greeter.layer("double")), Effect.runPromise)
    expect(texts(rows)).toEqual(["double 0", "double 2", "double 4", "double 8"])
    expect(errors).toHaveLength(1)
    expect(JSON.stringify(errors[0])).toContain("no three")
  })

  it("are pulled by a run as it has place, and released when it needs no more", async () => {
    const log: Array<string> = []
    const endless = generatorStep({
      name: "endless",
      outputs: { n: Schema.Number },
      batchSize: 10,
      process: ({ offset }) =>
        Stream.fromEffect(
          Effect.acquireRelease(
            Effect.sync(() => log.push("open")),
            () => Effect.sync(() => log.push("close"))
          )
        ).pipe(
          Stream.flatMap(() =>
            Stream.iterate(offset, (n) => n + 1).pipe(
              Stream.rechunk(1),
              Stream.tap((n) => Effect.sync(() => (n >= 200 ? log.push(`pulled ${n}`) : 0)))
            )
          ),
          Stream.map((n) => ({ n })),
          Stream.scoped
        )
    })
    const distiset = await runPromise(Pipeline("p", {}, from(endless)), {
      ...quiet,
      maxRows: 20,
      useCache: false
    }).catch((thrown: unknown) => thrown as Error)
    expect(distiset).toMatchObject({ _tag: "RunStopped", reason: "maxRows", rows: 20 })
    expect(log).toEqual(["open", "close"])
  })

  it("that fail end the run, where they are a generator's", async () => {
    const broken = generatorStep({
      name: "broken",
      outputs: { n: Schema.Number },
      process: () =>
        Stream.make({ n: 1 }).pipe(Stream.concat(Stream.fail(new Error("the tap is closed"))))
    })
    await expect(runPromise(Pipeline("p", {}, from(broken)), quiet)).rejects.toMatchObject({
      _tag: "StepFailed",
      step: "broken",
      phase: "generate",
      detail: expect.stringContaining("the tap is closed (test/engine/requirements.test.ts:")
    })
  })

  it("may hold more rows than are pulled at a time", async () => {
    const many = generatorStep({
      name: "many",
      outputs: { n: Schema.Number },
      process: ({ offset }) => Stream.range(offset, 9999).pipe(Stream.map((n) => ({ n })))
    })
    const distiset = await runPromise(Pipeline("p", {}, from(many)), quiet)
    expect(distiset.default.length).toBe(10_000)
    const rows = await distiset.default.toArray()
    expect(rows[9999]).toEqual({ n: 9999 })
  })

  it("need no services for a promise", async () => {
    const plain = step({
      name: "plain",
      inputs: { n: Schema.Number },
      outputs: { text: Schema.String },
      process: (rows) => Stream.fromIterable(rows).pipe(Stream.map(({ n }) => ({ text: `${n}` })))
    })
    const { rows } = await runStepPromise(plain, [{ n: 1 }])
    expect(texts(rows)).toEqual(["1"])
  })
})
