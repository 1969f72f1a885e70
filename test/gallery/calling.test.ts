/** Tasks that ask several times for a row, or for one that they make, against recorded cases. */
import { describe, expect, it } from "vitest"
import { type Row } from "../../src/index.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { type Fixture, fixtures } from "../fixtures.ts"
import { nameOf } from "../tasks/recorded.ts"
import { outcome } from "./calling.ts"

/**
 * Metadata is better here: it holds all calls of a row and of no other, answers included, and stays
 * beside that of earlier tasks.
 */
const withoutMetadata = (row: Row): Row => ({ ...row, distilabel_metadata: undefined })

/** The recorded solutions, with a tag of each first step. */
const labelled = (first: string, second: string): ReadonlyArray<Row> => [
  {
    solutions: [
      [`Step 1: Count: 2 + 3 = 5. ${first}`, "Step 2: Times four: 20. The answer is: 20 +"],
      [`Step 1: Count: 2 * 3 = 6. ${second}`, "Step 2: Times four: 24. The answer is: 24 -"]
    ]
  }
]

/** Cases that come out otherwise on purpose, by their number: rows, or the reason of an error row. */
const better: Readonly<Record<string, Readonly<Record<number, ReadonlyArray<Row> | string>>>> = {
  "evol-instruct": {
    // Each row has its answer; one that is missing is an error row.
    14: [
      { instruction: "Add two numbers.", evolved_instruction: "E2", answer: "A-E" },
      { instruction: "Draw a cat.", id: 2, evolved_instruction: "F2", answer: "A-F" }
    ],
    15: "ParseFailed",
    16: "ParseFailed"
  },
  "evol-complexity": { 5: "ParseFailed" },
  "evol-instruct-generator": {
    // No row is given twice.
    8: ["in range", "second", "third one"].map((instruction) => ({ instruction })),
    9: "ParseFailed"
  },
  "evol-complexity-generator": {
    8: ["in range", "second", "third one"].map((instruction) => ({ instruction })),
    9: "ParseFailed"
  },
  "evol-quality": { 7: "ParseFailed", 8: "ParseFailed" },
  "math-shepherd-completer": {
    // What was not answered labels nothing.
    4: "ParseFailed",
    // What there is of completions counts, with or without JSON; one without steps reaches no answer.
    3: labelled("+", "-"),
    5: labelled("-", "+"),
    14: labelled("+", "-"),
    11: [{ instruction: "Q", solutions: [["The answer is: 20"]] }]
  },
  magpie: {
    // A conversation that lacks a turn is an error row.
    ...Object.fromEntries([5, 13, 14, 15, 16, 17].map((each) => [each, "ParseFailed"])),
    // The key is that of the row's own draw.
    21: [
      { system_prompt: "Ask about fish.", instruction: "Q1", system_prompt_key: null },
      { instruction: "Q2", system_prompt_key: "birds" }
    ]
  },
  "magpie-generator": {
    4: "ParseFailed",
    // As many rows as are wanted, whatever the size of batches.
    8: ["Q1", "Q2", "Q3"].map((instruction) => ({ instruction }))
  }
}

/**
 * The places of recorded answers in the order in which we ask: row by row, where Python goes round
 * by round.
 */
const orders: Readonly<Record<string, Readonly<Record<number, ReadonlyArray<number>>>>> = {
  "evol-instruct": { 12: [0, 1, 2, 3, 4, 6, 5, 7] },
  "evol-instruct-generator": { 3: [0, 2, 1, 3] },
  "evol-complexity-generator": { 3: [0, 2, 1, 3] },
  "magpie-generator": { 2: [0, 2, 1, 3] }
}

const inOurOrder = (fixture: Fixture, order: ReadonlyArray<number> | undefined): Fixture =>
  order === undefined
    ? fixture
    : { ...fixture, generations: order.map((at) => fixture.generations![at]!) }

const sent = (chats: ReadonlyArray<Chat>) => chats.map((chat) => JSON.stringify(chat)).toSorted()

for (const file of [
  "evol-instruct",
  "evol-complexity",
  "evol-instruct-generator",
  "evol-complexity-generator",
  "evol-quality",
  "magpie",
  "magpie-generator",
  "math-shepherd-completer",
  "mappings"
]) {
  describe(`ready tasks do as distilabel 1.5.3 did: ${file}`, () => {
    const own = fixtures(`task-${file}`).filter(
      ({ offset, task }) =>
        // What goes on where it was is tested with runs.
        offset === undefined && (file !== "mappings" || task!.startsWith("Evol"))
    )
    own.forEach((recording, i) => {
      const fixture = { ...recording, ...inOurOrder(recording, orders[file]?.[i + 1]) }
      const instead = better[file]?.[i + 1]
      it(`${fixture.title}${instead === undefined ? "" : " (better here)"}`, async () => {
        if (instead === undefined && fixture.outputs === null) {
          await expect(outcome(fixture)).rejects.toThrow()
          return
        }
        const { asked, errors, rows } = await outcome(fixture)
        if (typeof instead === "string") {
          expect(errors.map(({ reason }) => reason)).toEqual([instead])
          return
        }
        expect(errors).toEqual([])
        const expected = instead ?? fixture.outputs!
        if (instead === undefined)
          expect(rows.map(withoutMetadata)).toEqual(expected.map(withoutMetadata))
        else expect(rows).toMatchObject(expected)
        if (fixture.messages !== undefined && fixture.inputs.length > 0)
          expect(sent(asked)).toEqual(sent(fixture.messages as ReadonlyArray<Chat>))
        if (asked.length === 0 || fixture.config["add_raw_output"] === false) return
        for (const { distilabel_metadata } of rows)
          expect(distilabel_metadata).toHaveProperty([`raw_output_${nameOf(fixture.task!)}`])
      })
    })
  })
}

describe("evolutions", () => {
  const fixture = (config: Row, generations: ReadonlyArray<string>): Fixture =>
    ({
      task: "EvolInstructGenerator",
      config,
      inputs: [],
      generations: generations.map((text) => [text])
    }) as never

  it("end with an error row that says it where no text has the right length", async () => {
    const { asked, errors } = await outcome(
      fixture({ num_instructions: 1, max_rounds: 3 }, ["a", "bc", "def"])
    )
    expect(asked).toHaveLength(3)
    expect(errors).toMatchObject([
      {
        detail: expect.stringMatching(
          /^none of 3 texts has between 512 and 1024 characters; the last has 3\./
        )
      }
    ])
  })

  it("draw by the seed and what the row holds, not by where it stands", async () => {
    const of = (inputs: ReadonlyArray<Row>, seed: number) =>
      outcome({
        ...fixture({ num_evolutions: 2, seed }, ["e", "f", "g", "h"]),
        task: "EvolInstruct",
        inputs
      })
    const [one, other] = [{ instruction: "One." }, { instruction: "Other." }]
    const firstOf = async (inputs: ReadonlyArray<Row>, row: Row, seed = 42) =>
      (await of(inputs, seed)).asked.find((chat) =>
        JSON.stringify(chat).includes(String(row["instruction"]))
      )
    expect(await firstOf([one, other], other)).toEqual(await firstOf([other], other))
    const bySeed = await Promise.all([1, 2, 3, 4, 5].map((seed) => firstOf([one], one, seed)))
    expect(new Set(bySeed.map((chat) => JSON.stringify(chat))).size).toBeGreaterThan(1)
  })
})
