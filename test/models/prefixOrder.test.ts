import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { PrefixOrder } from "../../src/models/asking/PrefixOrder.ts"

const rules = (name: string, length = 5000): string => `${name} `.repeat(length).slice(0, length)

/** Asks with prompts in an order; gives when each began and ended, in steps of a counter. */
const asked = async (
  prompts: ReadonlyArray<string>,
  limit: number,
  fails: (index: number) => boolean = () => false
) => {
  const order = new PrefixOrder(limit, () => 0)
  let step = 0
  let inFlight = 0
  let most = 0
  const spans = prompts.map(() => ({ from: 0, to: 0 }))
  await Effect.runPromise(
    Effect.forEach(
      prompts,
      (prompt, index) =>
        Effect.ignore(
          order.inOrder(
            prompt,
            Effect.gen(function* () {
              most = Math.max(most, ++inFlight)
              spans[index]!.from = ++step
              yield* Effect.sleep(1)
              spans[index]!.to = ++step
              inFlight--
              if (fails(index)) return yield* Effect.fail("no")
            })
          )
        ),
      { concurrency: "unbounded", discard: true }
    )
  )
  return { spans, most }
}

describe("the order of long prompts", () => {
  it("lets the first of a beginning go alone; those that begin alike wait for its answer", async () => {
    const prompts = Array.from({ length: 12 }, (_, n) => `${rules("be kind")}${n}`)
    const { most, spans } = await asked(prompts, 4)
    expect(spans.slice(1).every(({ from }) => from > spans[0]!.to)).toBe(true)
    expect(most).toBe(4)
  })

  it("lets the next one go alone where the first failed", async () => {
    const prompts = Array.from({ length: 5 }, (_, n) => `${rules("be kind")}${n}`)
    const { spans } = await asked(prompts, 4, (index) => index === 0)
    expect(spans[1]!.from).toBeGreaterThan(spans[0]!.to)
    expect(spans.slice(2).every(({ from }) => from > spans[1]!.to)).toBe(true)
  })

  it("holds up nobody whose beginning nobody shares", async () => {
    const prompts = Array.from({ length: 40 }, (_, n) => rules(`topic ${n}`))
    const { spans } = await asked(prompts, 40)
    const lastBegan = Math.max(...spans.map(({ from }) => from))
    expect(spans.every(({ to }) => to > lastBegan)).toBe(true)
  })

  it("has few beginnings in use at a time, whatever the order in which prompts come", async () => {
    const documents = 30
    const prompts = Array.from(
      { length: 600 },
      (_, n) => `${rules(`document ${n % documents}`)}${n}`
    )
    const { spans } = await asked(prompts, 6)
    const began = prompts.map((_, n) => n).sort((a, b) => spans[a]!.from - spans[b]!.from)
    // Of any 100 requests that follow each other.
    for (let n = 0; n + 100 <= began.length; n += 25)
      expect(
        new Set(began.slice(n, n + 100).map((index) => index % documents)).size
      ).toBeLessThanOrEqual(16)
  })

  it("forgets those that are interrupted, waiting or asked", async () => {
    const order = new PrefixOrder(2, () => 0)
    const ask = (n: number, effect: Effect.Effect<unknown>) =>
      Effect.forkChild(order.inOrder(`${rules("be kind")}${n}`, effect), {
        startImmediately: true
      })
    const answer = await Effect.runPromise(
      Effect.gen(function* () {
        const first = yield* ask(0, Effect.never)
        const second = yield* ask(1, Effect.never)
        const third = yield* ask(2, Effect.succeed("third"))
        yield* Fiber.interrupt(second)
        expect(third.pollUnsafe()).toBeUndefined()
        yield* Fiber.interrupt(first)
        return yield* Fiber.join(third)
      })
    )
    expect(answer).toBe("third")
  })
})
