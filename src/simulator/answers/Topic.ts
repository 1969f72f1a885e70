/** Topics: the words of a prompt that an answer to it would take up. */

/** What a prompt is about. */
export interface Topic {
  /** The phrase the prompt turns on: one to three words. */
  readonly phrase: string
  /** Further words of weight; never empty. */
  readonly words: ReadonlyArray<string>
}

// Words that ask rather than name: articles, pronouns, the verbs of instructions.
const plain = new Set(
  (
    "a an the and or but nor so if then than that this these those there here it its it's he she him his her hers they them their we us " +
    "our you your i me my mine is are was were be been being am do does did done have has had having can could will would shall should " +
    "may might must not no yes of in on at by for from to with without within into onto over under about above below between through " +
    "during before after against among around as per via what which who whom whose when where why how many much more most less least " +
    "very too also just only each every any some all both either neither other another such own same few several one two three four " +
    "five six seven eight nine ten write explain describe list give tell show make create generate provide suggest name find compare " +
    "discuss define identify translate summarise summarize classify extract rewrite convert calculate compute determine solve consider " +
    "imagine act pretend play respond answer reply use using used please help need want like let know think say said go going get got " +
    "take takes took put come came keep short simple brief briefly following given text texts sentence sentences paragraph paragraphs " +
    "word words example examples step steps way ways thing things good best better new first second third last next up down out off now " +
    "today while because story stories poem idea ideas tips advice work works working prepare function code program script reasons list " +
    "lists instruction instructions response responses output outputs input inputs question questions prompt task tasks format user " +
    "assistant system don't doesn't isn't aren't i'm you're we're what's that's"
  ).split(" ")
)

const wordPattern = /([\p{L}][\p{L}\p{N}'’-]*)|([.?!:\n])|[,;()"“”]/gu

/** Enough phrases and words to write about; the rest of a long prompt is mostly given text. */
const enoughPhrases = 4
const enoughWords = 8
const readLength = 600

const fallback = ["context", "timing", "detail", "practice"]

const isName = (word: string): boolean => /^\p{Lu}/u.test(word)

/** A name weighs more than a common word. */
const weight = (phrase: ReadonlyArray<string>): number =>
  phrase.length + (phrase.some(isName) ? 0.5 : 0)

/** Finds what a prompt is about. */
export const topicOf = (prompt: string): Topic => {
  const phrases: Array<ReadonlyArray<string>> = []
  const words: Array<string> = []
  let phrase: Array<string> = []
  let startsSentence = true
  const endPhrase = (): void => {
    if (phrase.length > 0) phrases.push(phrase)
    phrase = []
  }
  const pattern = new RegExp(wordPattern)
  const text = prompt.slice(0, readLength)
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, found, stop] = match
    if (found === undefined) {
      endPhrase()
      startsSentence ||= stop !== undefined
      continue
    }
    if (found.length < 2 || found.length > 24 || plain.has(found.toLowerCase())) {
      endPhrase()
      startsSentence = false
    } else {
      // the first word of a sentence has its capital from there; CO2 and NASA keep theirs
      const word = startsSentence && /^\p{Lu}\p{Ll}+$/u.test(found) ? found.toLowerCase() : found
      startsSentence = false
      phrase.push(word)
      if (phrase.length === 3) endPhrase()
      if (found.length > 3 && !words.includes(word)) words.push(word)
    }
    if (phrases.length >= enoughPhrases && words.length >= enoughWords) break
  }
  endPhrase()
  const [best] = phrases
    .slice(0, enoughPhrases)
    .toSorted((left, right) => weight(right) - weight(left))
  const rest = words.filter((word) => best?.includes(word) !== true)
  return {
    phrase: best === undefined ? "this subject" : best.join(" "),
    words: rest.length > 0 ? rest : words.length > 0 ? words : fallback
  }
}
