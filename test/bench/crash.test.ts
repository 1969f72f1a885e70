import { expect, it } from "vitest"
import { crashes } from "../../bench/crash.ts"

it("runs that are killed at random moments give what undisturbed runs give, hang never, and repeat no more than what was in flight", async () => {
  const figures = await crashes(Number(process.env["CRASHES"] ?? 4))
  expect(figures.filter(({ bar, value }) => bar !== undefined && value > bar)).toEqual([])
}, 3_600_000)
