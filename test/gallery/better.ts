import type { Row } from "../../src/index.ts"

type Instead = Readonly<Record<number, ReadonlyArray<Row>>>

const all = (instead: Row, ...cases: ReadonlyArray<number>): Instead =>
  Object.fromEntries(cases.map((each) => [each, [instead]]))

/** Scores are taken by their number, wherever they stand; what is not scored is null. */
const scores: Instead = {
  ...all({ scores: [3, 2, 1] }, 3, 4, 5, 6),
  ...all({ scores: [3, null, null] }, 7, 20),
  ...all({ scores: [3.5, null, null] }, 9),
  ...all({ scores: [3, 2, null] }, 11),
  // An answer without any score makes an error row, which can be asked for again.
  ...all({ scores: null }, 14, 19),
  16: [{ scores: [3, 2, 1] }, { scores: [null, null, null] }, { scores: null }],
  17: [{ scores: [[3, 2, 1], [null, null, null], null] }]
}

/** JSON is found with or without a fence, after talk; an object that lacks a text is an error row. */
const texts = (...keys: ReadonlyArray<string>): Instead => {
  const whole = Object.fromEntries(keys.map((key, i) => [key, `text ${i}`]))
  const none = Object.fromEntries(keys.map((key) => [key, null]))
  return {
    ...all(whole, 4, 5),
    ...all(none, 6, 12),
    ...all({ [keys[0]!]: expect2Lines(keys) }, 11)
  }
}

/** The case has no third text, so that a row of three is an error row. */
const expect2Lines = (keys: ReadonlyArray<string>): string | null =>
  keys.length === 2 ? "two\nlines" : null

const legs = ["Step 1: Count the animals: 2 + 3 = 5.", "Step 2: Times four: 5 * 4 = 20."]
const golden = [...legs, "The answer is: 20"]
const other = ["Step 1: Add: 2 + 3 = 5.", "The answer is: 5"]

const fixed = { query: "What is 1 and 2?" }
const called = `[{"name": "add", "arguments": {"a": 1, "b": 2}}]`

/** Cases where ready tasks do otherwise on purpose, by their number: parts of the rows instead. */
export const better: Readonly<Record<string, Instead>> = {
  "apigen-generator": {
    ...all({ ...fixed, answers: called }, 4),
    // No list of nulls in place of calls.
    ...all({ query: null, answers: null }, 5, 6, 7, 8, 9, 14, 19),
    // Each answer has a row of its own.
    15: [
      { ...fixed, answers: called },
      { query: null, answers: null },
      { query: "First?", answers: called }
    ],
    16: [{ func_name: "add", query: ["What is 1 and 2?", null, "First?"] }]
  },
  "apigen-semantic-checker": {
    ...all({ thought: "T", keep_row_after_semantic_check: true }, 8, 11),
    13: [
      { thought: "T", keep_row_after_semantic_check: true },
      { thought: null, keep_row_after_semantic_check: null },
      { thought: null, keep_row_after_semantic_check: null }
    ],
    14: [{ func_desc: "Adds.", thought: ["T", null, null] }]
  },
  "argilla-labeller": {
    // Argilla takes no answers but those that the question allows.
    ...all({ suggestion: null }, 5, 6, 10),
    // What a missing answer used counts too.
    ...all({ suggestion: null }, 14),
    17: [{ suggestion: { value: "yes" } }, { suggestion: null }, { suggestion: { value: "no" } }],
    18: [{ suggestion: [{ value: "yes" }, null, { value: "no" }] }],
    // Each row has its question.
    20: [{ suggestion: { value: "a" } }, { suggestion: { value: 3 } }]
  },
  "complexity-scorer": scores,
  "quality-scorer": { ...scores, ...all({ scores: [3, 2, 1] }, 10) },
  "generate-long-text-matching-data": texts("input", "positive_document"),
  "generate-short-text-matching-data": texts("input", "positive_document"),
  "generate-text-classification-data": texts("input_text", "label", "misleading_label"),
  "generate-text-retrieval-data": texts(
    "user_query",
    "positive_document",
    "hard_negative_document"
  ),
  "generate-sentence-pair": {
    // A triplet without a negative is none.
    ...all({ positive: null, negative: null }, 8, 11, 25),
    // Headings are found in either order, case and depth, with a colon or without.
    ...all({ positive: "a", negative: "b" }, 10, 12, 13, 14),
    ...all({ positive: null }, 18),
    22: [{ positive: ["a", null, null] }]
  },
  "instruction-backtranslation": {
    ...all({ score: null, reason: null }, 3, 12),
    ...all({ score: 3, reason: "" }, 4),
    ...all({ score: 3, reason: "Good." }, 6),
    ...all({ score: 4, reason: "Good." }, 11)
  },
  "math-shepherd-generator": {
    // A solution without steps is none; an answer without any is an error row.
    4: [{ solutions: [golden] }],
    7: [{ golden_solution: null }],
    // Each answer has its own solution, and columns that were read stay as they are.
    12: [{ golden_solution: golden }, { golden_solution: null }, { golden_solution: other }],
    13: [
      {
        instruction: "Two cats and three dogs: how many legs?",
        golden_solution: [golden, null, other]
      }
    ],
    // JSON holds the solutions that it holds, however many were asked for.
    16: [{ solutions: [golden] }],
    17: [{ golden_solution: golden }],
    18: [{ solutions: null }]
  },
  "self-instruct": all({ instructions: ["  One?  ", "\tTwo?", "Three?"] }, 3),
  "text-classification": {
    // One label is a text, several are a list, however the model writes them.
    ...all({ labels: "Sport" }, 5, 9),
    ...all({ labels: ["Sport"] }, 6),
    ...all({ labels: null }, 8, 12, 13)
  }
}
