import { readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Checkpoint, CheckpointWriter, readPast } from "../../src/journal/Checkpoints.ts"
import { JournalError } from "../../src/journal/JournalError.ts"
import { folder } from "./logs.ts"

const at = (position: number): Checkpoint => ({
  position,
  rows: `h${position}`,
  leaves: {
    leaf: {
      bytes: position * 10,
      rows: position,
      crc: position,
      errorBytes: 0,
      errorRows: 0,
      errorCrc: 0
    }
  }
})
const finish = { leaves: at(30).leaves, sources: { load: { rows: 30, hash: "h" } } }

const identity = { run: "r", earlier: ["q"], paid: ["q", "r"] }

const written = (): string => {
  const directory = folder()
  const writer = new CheckpointWriter(directory, "s", identity, [at(10)])
  writer.add(at(20))
  writer.finish(finish)
  return directory
}

describe("checkpoints", () => {
  it("tell a later run how far this one came, and how it ended", () => {
    expect(readPast(written())).toEqual({
      signature: "s",
      identity,
      checkpoints: [at(10), at(20)],
      finish
    })
  })

  it("are none in a folder that no run has used", () => {
    expect(readPast(folder())).toBeUndefined()
  })

  it("count up to the first that is torn or changed", () => {
    const torn = written()
    const path = join(torn, ".checkpoints")
    truncateSync(path, readFileSync(path).length - 5)
    expect(readPast(torn)).toEqual({
      signature: "s",
      identity,
      checkpoints: [at(10), at(20)],
      finish: undefined
    })
    writeFileSync(path, readFileSync(path, "utf8").replace("h10", "h11"))
    expect(readPast(torn)).toEqual({ signature: "s", identity, checkpoints: [], finish: undefined })
  })

  it("begin anew over those of another graph", () => {
    const directory = written()
    const writer = new CheckpointWriter(directory, "t", identity, [])
    writer.add(at(5))
    expect(readPast(directory)).toEqual({
      signature: "t",
      identity,
      checkpoints: [at(5)],
      finish: undefined
    })
  })

  it("that cannot be written say why", () => {
    expect(() => new CheckpointWriter(join(folder(), "gone"), "s", identity, [])).toThrow(
      JournalError
    )
  })
})
