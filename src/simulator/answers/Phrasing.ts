/**
 * Phrasing: the sentences and word lists that answers are put together from. `{topic}` is the
 * phrase that a prompt turns on, `{word}` another word of the prompt, `{name}`, `{gain}`, … a word
 * from the list of that name. Sentences avoid verbs that would have to agree with the topic.
 */

/** Word lists by the name that templates call them by. */
export const wordLists: Readonly<Record<string, ReadonlyArray<string>>> = {
  quality: [
    "practical",
    "surprising",
    "modest",
    "careful",
    "steady",
    "visible",
    "hidden",
    "lasting",
    "subtle",
    "honest",
    "gradual",
    "shared",
    "narrow",
    "everyday",
    "fragile",
    "generous",
    "plain",
    "patient"
  ],
  gain: [
    "fewer surprises later",
    "a clearer picture of what matters",
    "less wasted effort",
    "results that others can check",
    "more room for mistakes",
    "a calmer schedule",
    "lower costs over the year",
    "better questions",
    "trust that builds up slowly",
    "a habit that survives busy weeks",
    "faster feedback",
    "a result worth keeping"
  ],
  who: [
    "beginners",
    "most teams",
    "a careful reader",
    "people new to the field",
    "experienced practitioners",
    "a small organisation",
    "students",
    "anyone on a tight budget",
    "local experts",
    "a curious outsider",
    "parents",
    "volunteers"
  ],
  place: [
    "a village library",
    "a school kitchen",
    "a two-person workshop",
    "a busy hospital ward",
    "a coastal town",
    "a community garden",
    "a repair shop",
    "a railway office",
    "a mountain hut",
    "a night market",
    "a research station",
    "a family bakery"
  ],
  span: [
    "after a week",
    "within a month",
    "by the second attempt",
    "over one season",
    "in about an hour",
    "after the first ten tries",
    "by the end of the year",
    "within a few days",
    "over several generations",
    "before lunch"
  ],
  method: [
    "breaking it into smaller parts",
    "keeping notes of what changed",
    "asking someone who disagrees",
    "measuring before and after",
    "starting with the hardest case",
    "drawing it on paper first",
    "changing one thing at a time",
    "comparing two versions side by side",
    "working backwards from the goal",
    "setting a deadline for the first draft",
    "testing on a small scale",
    "explaining it aloud"
  ],
  trap: [
    "rushing the first step",
    "trusting a single example",
    "copying what worked elsewhere",
    "ignoring the cost of upkeep",
    "confusing a cause with a coincidence",
    "leaving the decision to the last day",
    "adding features nobody asked for",
    "treating an estimate as a promise",
    "skipping the boring checks",
    "measuring only what is easy to count"
  ],
  task: [
    "write down what success looks like",
    "collect three real examples",
    "set a limit for time and money",
    "ask two people for criticism",
    "remove whatever does not help",
    "check the result against the original goal",
    "plan a short review",
    "sort the options by effort",
    "make one change and wait",
    "note the open questions",
    "agree on who decides",
    "keep a copy of the old version"
  ],
  factor: [
    "cost",
    "timing",
    "scale",
    "temperature",
    "trust",
    "distance",
    "habit",
    "training",
    "supply",
    "regulation",
    "weather",
    "language",
    "attention",
    "energy",
    "memory",
    "demand"
  ],
  person: [
    "Mira",
    "Tomas",
    "Adaeze",
    "Ines",
    "Kenji",
    "Farah",
    "Oskar",
    "Leila",
    "Bruno",
    "Sunita",
    "Elin",
    "Mateo"
  ],
  object: [
    "a brass key",
    "an unsigned letter",
    "a cracked lantern",
    "a jar of buttons",
    "a tide table",
    "a borrowed map",
    "a tin whistle",
    "a box of slides",
    "a blue umbrella",
    "a broken compass"
  ],
  weather: [
    "rain drummed on the roof",
    "fog lay over the harbour",
    "the first snow had fallen",
    "the heat would not lift",
    "a dry wind rattled the shutters",
    "the street lamps had just come on"
  ],
  count: ["two", "three", "four", "five", "six", "a dozen"]
}

/** Sentences by the part they play in an answer. */
export const sentences = {
  opening: [
    "When people talk about {topic}, they usually mean a {quality} mix of {word} and {factor}.",
    "The short version: {topic} can be understood as a question of {factor} first and {word} second.",
    "To make sense of {topic}, it helps to look at {word} before anything else.",
    "At its core, the idea behind {topic} rests on a {quality} balance between {factor} and {factor2}.",
    "There is no single answer here, but a {quality} way to look at {topic} starts with {word}.",
    "Much of what matters about {topic} comes down to {count} things, and {factor} leads the list.",
    "For {who}, the first surprise about {topic} tends to be how much depends on {factor}.",
    "Think of {topic} as a conversation between {word} and {factor}: neither side decides alone.",
    "A {quality} starting point is to separate {topic} from everything that merely looks similar."
  ],
  reason: [
    "The reason is that {factor} changes slowly, while {word} can change {span}.",
    "This happens because each part depends on the one before it, and {factor} sets the pace.",
    "In practice, {method} shows where {word} really comes from.",
    "Without enough {factor}, even a {quality} plan around {topic} loses its footing.",
    "What looks like {word} on the surface is often {factor} underneath.",
    "Two forces pull in opposite directions: {factor} rewards speed, {factor2} rewards patience.",
    "Historically, {who} treated {word} as fixed; that view changed once {factor} could be measured.",
    "Because of this, a small shift in {factor} can have a {quality} effect on {word}."
  ],
  example: [
    "In {place}, for instance, {who} noticed a difference {span}.",
    "A concrete case: {place} tried {method} and saw {gain}.",
    "Picture {place} where {factor} runs short; {topic} would suddenly be everyone's concern.",
    "One {quality} example comes from {place}, where {word} had been ignored for years.",
    "Compare {count} similar cases and the role of {word} becomes hard to miss.",
    "Take {place}: with the same {factor} but more {factor2}, the outcome was quite different."
  ],
  caution: [
    "The usual mistake is {trap}.",
    "That said, {trap} can undo most of the progress.",
    "None of this holds if {factor} is missing, so check that first.",
    "Critics point out that {word} is hard to measure, and they have a point.",
    "It would be wrong to conclude that {factor} explains everything.",
    "Be careful with {trap}; it feels efficient and rarely is."
  ],
  closing: [
    "Seen this way, {topic} and {word} belong together.",
    "The reward is {gain}.",
    "In short, begin small, watch {factor}, and let {word} follow.",
    "What remains open is how {factor} will develop {span}.",
    "Done with some care, this leads to {gain}.",
    "If you remember one thing, let it be this: {factor} matters more than it seems.",
    "That is why {who} keep coming back to {topic}."
  ],
  adviceOpening: [
    "A {quality} approach to {topic} does not need much: some time, some {factor}, and a clear goal.",
    "Here is what tends to work for {who} dealing with {topic}.",
    "Before you spend money on {topic}, {task}.",
    "Start where the effect is largest; with {topic}, that is nearly always {factor}.",
    "I would begin by {method}, since {topic} can feel overwhelming otherwise."
  ],
  advice: [
    "First, {task}.",
    "Next, {task}, even if it feels slow.",
    "Try {method} and look at the result {span}.",
    "If {word} gets in the way, {task}.",
    "Avoid {trap}: it is the most common reason for giving up.",
    "Ask for help early; {who} may well have met the same problem with {word}.",
    "Keep what brings {gain} and drop the rest.",
    "Once {factor} is under control, {task}."
  ],
  listIntro: [
    "Here are some angles on {topic}:",
    "Some {quality} ideas for {topic}:",
    "Points worth considering about {topic}:",
    "A {quality} list to start from:"
  ],
  listItem: [
    "**{Factor}**: {task}.",
    "**{Word}**: try {method}.",
    "**{Quality} start**: {task}, then look at {word} again.",
    "{Method} to get {gain}",
    "{Task} with {who} in mind",
    "Look at {word} the way {place} would",
    "A {quality} version of {topic} for {who}",
    "Pair {word} with {factor} and see what happens {span}",
    "Watch out for {trap}"
  ],
  storyOpening: [
    "The evening {person} first heard about {topic}, {weather}.",
    "Nobody in {place} had given {topic} a thought until {person} found {object}.",
    "{Person} kept {object} in a drawer, next to everything ever written about {topic}.",
    '"{Topic}," said {person}, "was never the point." Outside, {weather}.'
  ],
  story: [
    "It took {person2} {count} days to admit that {word} had been the reason all along.",
    "They met in {place}, where {object} lay on the table like an answer.",
    '"You are {trap} again," said {person2}, and {person} laughed for the first time that week.',
    "So they began {method}, quietly, while {weather}.",
    "{Span}, the {word} looked different, and so did {person}.",
    "There was a {quality} silence, the kind that only {place} can hold.",
    "{Person} thought of {word}, and of what {factor} had cost them both."
  ],
  storyClosing: [
    "In the end {person} left {object} behind and kept only the {word}.",
    "Years later, people in {place} still told the story, and {topic} always came first.",
    "When morning came, {weather}, and {person2} was already on the way home.",
    '"Next time," said {person}, "we start with the {word}."'
  ],
  codeIntro: [
    "A small, {quality} solution for {topic} could look like this:",
    "The function below handles {topic} in one pass:",
    "Here is a version that favours clarity over cleverness:",
    "You can solve {topic} without any library:"
  ],
  codeOutro: [
    "It runs in linear time and leaves the input untouched.",
    "An empty input gives an empty result, so callers need no special case.",
    "If {word} can be missing, check for it before the loop.",
    "Add a test for the largest {word} you expect, since that is where {trap} would show.",
    "For very large inputs, stream the data instead of holding it in memory."
  ]
} as const

/** Code by language; `{id}` is a name made from the topic, `{item}` one made from another word. */
export const snippets: ReadonlyArray<readonly [language: string, code: string]> = [
  [
    "python",
    "def {id}(items):\n    seen = set()\n    result = []\n    for {item} in items:\n        if {item} not in seen:\n            seen.add({item})\n            result.append({item})\n    return result"
  ],
  [
    "python",
    "from collections import Counter\n\ndef {id}(text, top=5):\n    {item} = Counter(text.lower().split())\n    return {item}.most_common(top)"
  ],
  [
    "typescript",
    "export const {id} = (items: ReadonlyArray<string>): Map<string, number> => {\n  const {item} = new Map<string, number>()\n  for (const item of items) {item}.set(item, ({item}.get(item) ?? 0) + 1)\n  return {item}\n}"
  ],
  [
    "javascript",
    "function {id}(values) {\n  const sorted = [...values].sort((a, b) => a - b)\n  const {item} = Math.floor(sorted.length / 2)\n  return sorted.length % 2 ? sorted[{item}] : (sorted[{item} - 1] + sorted[{item}]) / 2\n}"
  ],
  [
    "sql",
    "SELECT {item}, COUNT(*) AS total\nFROM {id}\nWHERE {item} IS NOT NULL\nGROUP BY {item}\nORDER BY total DESC\nLIMIT 10;"
  ],
  [
    "bash",
    '#!/usr/bin/env bash\nset -euo pipefail\n\nfor {item} in "$@"; do\n  printf \'%s\\t%s\\n\' "$(wc -l < "${item}")" "${item}"\ndone | sort -rn  # {id}'
  ],
  [
    "python",
    "def {id}(n, {item}=None):\n    {item} = {} if {item} is None else {item}\n    if n < 2:\n        return n\n    if n not in {item}:\n        {item}[n] = {id}(n - 1, {item}) + {id}(n - 2, {item})\n    return {item}[n]"
  ]
]
