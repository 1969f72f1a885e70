/** Criteria of RubricJudge: a question each, with the verdicts that answer it. */
import * as Schema from "effect/Schema"

const Question = { question: Schema.NonEmptyString }

/** A criterion: a question, and a scale of whole numbers or labels to answer it with. */
export const CriterionOption = Schema.Union([
  Schema.Struct({ ...Question, scale: Schema.Tuple([Schema.Int, Schema.Int]) }),
  Schema.Struct({ ...Question, labels: Schema.Array(Schema.NonEmptyString) })
])

/** One criterion of a rubric. */
export type Criterion =
  | {
      /** What is asked about the answer. */
      readonly question: string
      /** The lowest and the highest score. */
      readonly scale: readonly [lowest: number, highest: number]
    }
  | {
      /** What is asked about the answer. */
      readonly question: string
      /** The possible verdicts. */
      readonly labels: ReadonlyArray<string>
    }

/** The criteria of a rubric, by name. */
export type Criteria = Readonly<Record<string, Criterion>>

/** A score for each criterion with a scale, a label for each one with labels. */
export type Verdicts<C extends Criteria> = {
  readonly [K in keyof C]: C[K] extends { readonly labels: ReadonlyArray<infer Label> }
    ? Label
    : number
}

/** What people say of the criteria: of some of them, or of none. */
export type Gold<C extends Criteria> =
  | {
      readonly [K in keyof C]?:
        | (C[K] extends { readonly labels: ReadonlyArray<string> } ? string : number)
        | null
    }
  | null

/** A verdict on one criterion, whichever it is. */
export type Verdict = string | number

/** What is wrong with criteria, in a sentence; undefined if nothing is. */
export const criteriaProblem = (criteria: Criteria): string | undefined => {
  const names = Object.keys(criteria)
  if (names.length === 0) return "criteria is empty. Name at least one criterion."
  for (const name of names) {
    // Providers limit the keys of a schema to these characters.
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
      return `criterion ${JSON.stringify(name)} needs another name: a letter first, then letters, digits, '_' and '-', 64 characters at most.`
    const criterion = criteria[name]!
    if ("labels" in criterion && "scale" in criterion)
      return `criterion '${name}' has both a scale and labels. Leave one of them out.`
    if ("labels" in criterion && new Set(criterion.labels).size < 2)
      return `criterion '${name}' needs at least two different labels.`
    if ("labels" in criterion && new Set(criterion.labels).size < criterion.labels.length)
      return `criterion '${name}' names a label twice.`
    if ("scale" in criterion && criterion.scale[0] >= criterion.scale[1])
      return `criterion '${name}' has the scale ${criterion.scale.join(" to ")}. The first number must be lower than the second.`
  }
  return undefined
}

/** The schema of verdicts on a criterion. */
export const verdictSchema = (criterion: Criterion): Schema.Codec<string> | Schema.Codec<number> =>
  "labels" in criterion
    ? Schema.Literals(criterion.labels)
    : Schema.Int.check(
        Schema.isBetween({ minimum: criterion.scale[0], maximum: criterion.scale[1] })
      )

/** A struct with a field for each criterion. */
export const byCriterion = <S extends Schema.Top>(
  criteria: Criteria,
  field: (criterion: Criterion) => S
): Schema.Struct<Readonly<Record<string, S>>> =>
  Schema.Struct(
    Object.fromEntries(
      Object.entries(criteria).map(([name, criterion]) => [name, field(criterion)])
    )
  )

/** Whether a criterion has such a verdict. */
export const isVerdictOf = (criterion: Criterion, value: unknown): value is Verdict =>
  Schema.is(verdictSchema(criterion) as Schema.Codec<Verdict>)(value)

/** The verdicts that a criterion has, in words. */
export const verdictsOf = (criterion: Criterion): string =>
  "labels" in criterion
    ? `one of ${criterion.labels.map((label) => JSON.stringify(label)).join(", ")}`
    : `a whole number from ${criterion.scale.join(" to ")}`
