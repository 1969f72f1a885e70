import { describe, expect, it } from "vitest"
import { Announcement, read } from "../../src/cluster/messages.ts"
import type { Price } from "../../src/models/asking/prices.ts"

describe("the announcement of a run", () => {
  it("tells the slots all that a price depends on", () => {
    const price: Required<Price> = {
      input: 1,
      output: 2,
      cached: 3,
      written: 4,
      reasoning: 5,
      audioIn: 6,
      imageIn: 7,
      videoIn: 8,
      audioOut: 9,
      imageOut: 10,
      videoOut: 11,
      audioHour: 12
    }
    const announced: Announcement = {
      run: "r",
      pipeline: "p",
      folder: "/runs/r",
      version: "0",
      node: 24,
      shards: 1,
      by: "host 1",
      at: 0,
      everyMs: 1000,
      prices: { m: price }
    }
    expect(read(Announcement, JSON.stringify(announced))).toEqual(announced)
  })
})
