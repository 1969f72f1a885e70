/** Methods of built-in objects, by what they do to the object and what they return. */

/** Methods that change their object. */
export const changing = new Set([
  "push",
  "pop",
  "shift",
  "unshift",
  "splice",
  "sort",
  "reverse",
  "fill",
  "copyWithin",
  "add",
  "set",
  "delete",
  "clear",
  "append",
  "next",
  "return",
  "throw"
])
/** Methods of Object and Reflect that change their first argument. */
export const changingFirst = new Set([
  "assign",
  "defineProperty",
  "defineProperties",
  "setPrototypeOf",
  "deleteProperty",
  "freeze",
  "preventExtensions"
])
/** Methods whose result is a new object that holds what was in the old one. */
export const copying = new Set([
  "map",
  "filter",
  "slice",
  "concat",
  "flat",
  "flatMap",
  "toSorted",
  "toReversed",
  "toSpliced",
  "with",
  "values",
  "entries",
  "keys",
  "from",
  "of",
  "fromEntries",
  "groupBy"
])
/** Methods whose result has nothing to do with what is in the old one. */
export const unrelated = new Set([
  "split",
  "join",
  "match",
  "matchAll",
  "replace",
  "replaceAll",
  "stringify",
  "parse",
  "structuredClone",
  "toString",
  "trim",
  "getOwnPropertyNames"
])
export const folding = new Set(["reduce", "reduceRight"])
