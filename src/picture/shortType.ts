/** Column types in few words: `string[]`, `{ name, age }`, `record`. */
import type * as Schema from "effect/Schema"
import { foldType, type TypeFold } from "../columns/foldType.ts"
import { declarationName, literalNames } from "../columns/typeNames.ts"

/** A type as a reader of a picture needs it; `typeName` tells all of it. */
export const shortType = (schema: Schema.Constraint): string => foldType(schema, shortNames)

const mostAlternatives = 4

const shortNames: TypeFold<string> = {
  deepest: 3,
  tooDeep: "…",
  literals: literalNames,
  list: (item) => `${item.includes(" | ") && !item.startsWith("{") ? `(${item})` : item}[]`,
  tuple: () => "tuple",
  object: (fields) =>
    fields.length === 0 ? "record" : `{ ${fields.map(({ name }) => name).join(", ")} }`,
  union: (types) => {
    const members = [...new Set(types)]
    // What may be null is told of last, also where many alternatives are left out.
    const others = members.filter((member) => member !== "null")
    const shown =
      others.length > mostAlternatives ? [...others.slice(0, mostAlternatives - 1), "…"] : others
    return [...shown, ...(members.length > others.length ? ["null"] : [])].join(" | ") || "never"
  },
  declaration: declarationName,
  plain: (word) => word
}
