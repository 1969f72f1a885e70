/** Mutations of documents: what slips of hands, broken files and bad will make of a text. */

/** A random number generator with a seed: whole numbers below a bound. */
export const dice = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const fragments = [
  "",
  " ",
  "\t",
  "\n",
  ":",
  ": ",
  "- ",
  "&a ",
  "*a",
  "<<: *a",
  "!!python/name:a.b ",
  "!!python/object/apply:os.system [x]",
  "!!binary ",
  "!x ",
  "[",
  "]",
  "{",
  "}",
  "|\n",
  ">-\n",
  "#",
  "'",
  '"',
  "\\",
  "? ",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "null",
  "true",
  "1e999",
  "-0",
  ".nan",
  "0x1F",
  "9007199254740993",
  "2024-01-01",
  "[]",
  "{}",
  "\u0000",
  "\ufeff",
  "\u2028",
  "\ud800",
  "😀",
  "__proto__: 1\n",
  "constructor",
  "type_info",
  "distilabel_ts",
  'distilabel_ts: "{\\"name\\": 3}"\n',
  "x".repeat(500),
  "[".repeat(150),
  "input_batch_size: -1\n",
  "from: []\n",
  "name: null\n"
]

/** The text, changed in one to four places. */
export const mutated = (text: string, roll: (below: number) => number): string => {
  let result = text
  for (let changes = 1 + roll(4); changes > 0; changes--)
    result = mutations[roll(mutations.length)]!(result, roll)
  return result
}

type Mutation = (text: string, roll: (below: number) => number) => string

const inserted: Mutation = (text, roll) => {
  const at = roll(text.length + 1)
  return text.slice(0, at) + fragments[roll(fragments.length)]! + text.slice(at)
}

const lines =
  (change: (all: Array<string>, roll: (below: number) => number) => void): Mutation =>
  (text, roll) => {
    const all = text.split("\n")
    change(all, roll)
    return all.join("\n")
  }

/** Another value for a key, another key, another item. */
const replacedValue: Mutation = (text, roll) => {
  const places = [...text.matchAll(/(?<=: |- )\S+/g)]
  const place = places[roll(Math.max(1, places.length))]
  return place === undefined
    ? text
    : text.slice(0, place.index) +
        fragments[roll(fragments.length)]! +
        text.slice(place.index + place[0].length)
}

const swappedWords: Mutation = (text, roll) => {
  const words = [...text.matchAll(/[\w.]{3,}/g)]
  if (words.length < 2) return text
  const [first, second] = [words[roll(words.length)]!, words[roll(words.length)]!].sort(
    (a, b) => a.index - b.index
  )
  return text.slice(0, first!.index) + second![0] + text.slice(first!.index + first![0].length)
}

const mutations: ReadonlyArray<Mutation> = [
  inserted,
  inserted,
  replacedValue,
  replacedValue,
  swappedWords,
  // A letter less or other.
  (text, roll) => {
    const at = roll(Math.max(1, text.length))
    return (
      text.slice(0, at) + (roll(2) === 0 ? "" : String.fromCharCode(roll(256))) + text.slice(at + 1)
    )
  },
  lines((all, roll) => void all.splice(roll(all.length), 1 + roll(5))),
  lines((all, roll) => void all.splice(roll(all.length), 0, all[roll(all.length)]!)),
  lines((all, roll) => {
    const at = roll(all.length)
    all[at] = `${" ".repeat(roll(8))}${all[at]!.trimStart()}`
  }),
  lines((all, roll) => {
    const [a, b] = [roll(all.length), roll(all.length)]
    ;[all[a], all[b]] = [all[b]!, all[a]!]
  }),
  // A file that was cut off.
  (text, roll) => text.slice(0, roll(text.length + 1))
]
