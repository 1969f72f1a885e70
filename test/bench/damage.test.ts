import { expect, it } from "vitest"
import { damage } from "../../bench/damage.ts"

it("runs whose files were damaged at random give the same rows, refuse never, and ask again only for answers that were damaged", async () => {
  const { paidAgain, refused, traces, wrong } = await damage(
    Number(process.env["DAMAGES"] ?? 25),
    Number(process.env["DAMAGE_SEED"] ?? 7)
  )
  expect({ wrong, refused, traces, paidAgain }).toEqual({
    wrong: [],
    refused: [],
    traces: [],
    paidAgain: []
  })
}, 3_600_000)
