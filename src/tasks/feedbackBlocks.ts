/**
 * Blocks of a judge's answer: labelled lines about one text, as judges write them, in bold, in
 * lower case, under headings or torn apart by blank lines.
 */

/** What a judge says of one text. */
export interface Block {
  /** The number of the text, where the judge gives it. */
  readonly text: number | undefined
  /** Whether there is a rating at all, be it none. */
  readonly isRated: boolean
  readonly type: number | null
  readonly rationale: string | null
  readonly rating: number | null
  readonly rationaleForRating: string | null
}

type Label = "type" | "rationale" | "rating"

interface Field {
  readonly label: Label
  readonly lines: Array<string>
}

/** The fields about one text, as far as they have been read. */
interface Draft {
  text: number | undefined
  readonly fields: Array<Field>
}

const name = String.raw`(?:text|response|output|answer|generation)\s*#?`
const marks = String.raw`[\s>#*_•-]*`
const heading = new RegExp(
  String.raw`^${marks}<?(?:(?:\w+\s+)?(?:for|of)\s+)?${name}(\d+)[\s:.*_>)-]*$`,
  "i"
)
const labelled = new RegExp(
  String.raw`^${marks}(?:\d+[.)]\s+)?${marks}(?:${name}(\d+)\W+)?(type|rationale|rating)(?:\s+(?:for|of)\s+(?:the\s+)?(?:rating|${name}(\d+)))?\s*[*_]*\s*:[*_]* ?(.*)$`,
  "i"
)
/** A rationale on the line of its rating. */
const inOneLine = /^(.*\brating\b.*?:.*?)[\s|.;,]+([*_]*rationale\b.*)$/i

/**
 * The blocks in an answer, null for a paragraph that is none. Throws where a type or a rating has
 * no number.
 */
export const feedbackBlocks = (answer: string, typed: boolean): ReadonlyArray<Block | null> => {
  const drafts: Array<Draft | null> = []
  let current: Draft | undefined
  const begin = (text: number | undefined): Draft => {
    current = { text, fields: [] }
    drafts.push(current)
    return current
  }
  for (const paragraph of answer
    .replaceAll("\r\n", "\n")
    .split(/\n[^\S\n]*\n/)
    .filter((each) => each.trim() !== "")) {
    const lines = paragraph.split("\n").flatMap((line) => inOneLine.exec(line)?.slice(1) ?? [line])
    if (!lines.some((line) => heading.test(line) || labelled.test(line))) {
      drafts.push(null)
      continue
    }
    // Lines before the first label of a paragraph are a remark; those after one go on with it.
    let field: Field | undefined
    for (const line of lines) {
      const head = heading.exec(line)
      const [, before, label, after, value = ""] = labelled.exec(line) ?? []
      if (head !== null) {
        begin(Number(head[1]))
        field = undefined
      } else if (label !== undefined) {
        const number = before ?? after
        const text = number === undefined ? undefined : Number(number)
        field = { label: label.toLowerCase() as Label, lines: [withoutMarks(value)] }
        const fits: Draft =
          current !== undefined && hasPlaceFor(current, field.label, text, typed)
            ? current
            : begin(text)
        fits.text ??= text
        fits.fields.push(field)
      } else field?.lines.push(line)
    }
  }
  // A heading alone says nothing.
  return drafts
    .filter((draft) => draft === null || draft.fields.length > 0)
    .map((draft) => (draft === null ? null : blockOf(draft, typed)))
}

/** The end of bold type that began before the label. */
const withoutMarks = (value: string): string =>
  (value.match(/\*\*/g) ?? []).length % 2 === 1 ? value.replace(/\*\*(?=\s*$)/, "") : value

/**
 * Whether a label goes on with a block: each comes once, a rationale before and after the rating
 * where there are types.
 */
const hasPlaceFor = (
  { fields, text }: Draft,
  label: Label,
  number: number | undefined,
  typed: boolean
): boolean => {
  if (number !== undefined && text !== undefined && number !== text) return false
  const labels = fields.map((field) => field.label)
  if (label === "type") return labels.length === 0
  if (label === "rating" || !typed) return !labels.includes(label)
  return labels.includes("rating") ? labels.at(-1) === "rating" : !labels.includes("rationale")
}

const blockOf = ({ fields, text }: Draft, typed: boolean): Block => {
  const valueOf = (label: Label): string | undefined =>
    fields.find((field) => field.label === label)?.lines.join("\n")
  const ratedAt = fields.findIndex(({ label }) => label === "rating")
  const rationales = fields
    .map((field, i) => ({ field, i }))
    .filter(({ field }) => field.label === "rationale")
  const before = typed ? rationales.find(({ i }) => ratedAt < 0 || i < ratedAt) : rationales[0]
  const after = typed ? rationales.find(({ i }) => ratedAt >= 0 && i > ratedAt) : undefined
  return {
    text,
    isRated: ratedAt >= 0,
    type: typed ? numberIn("type", valueOf("type")) : null,
    rationale: before?.field.lines.join("\n") ?? null,
    rating: numberIn("rating", valueOf("rating")),
    rationaleForRating: after?.field.lines.join("\n") ?? null
  }
}

/** The first number of a text, null for `None` and `N/A`. */
const numberIn = (label: Label, text: string | undefined): number | null => {
  if (text === undefined || /^\W*(none|n\/?a|null|not applicable)\b\W*$/i.test(text)) return null
  const found = /(?<![\w.])\d+(?:\.\d+)?\b/.exec(text)
  if (found === null)
    throw new Error(`a ${label} has no number: ${JSON.stringify(text.slice(0, 60))}`)
  return Number(found[0])
}
