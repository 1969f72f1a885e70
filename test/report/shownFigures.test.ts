import { expect, it } from "vitest"
import { moment } from "../../src/report/figures/shownFigures.ts"

it("times are those of logs, cards and locks: in UTC, and they say so", () => {
  expect(moment(Date.UTC(2026, 10, 29, 7, 5))).toBe("29 Nov 2026, 07:05 UTC")
})
