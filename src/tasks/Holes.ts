/** The columns that a prompt template reads, as a type: the names in its `{{ }}` and `{% %}`. */

/**
 * Names a template reads, without those it makes itself: loop variables, `set` names, built-in
 * ones.
 */
export type Holes<Template extends string> = Exclude<
  Printed<Template> | Tested<Template>,
  Made<Template> | BuiltIn
>

type BuiltIn =
  | ""
  | "loop"
  | "range"
  | "true"
  | "false"
  | "none"
  | "True"
  | "False"
  | "None"
  | "namespace"
  | "not"

/** Names in `{{ name }}`, `{{ name | filter }}`, `{{ name.field }}`. */
type Printed<T extends string> = T extends `${string}{{${infer Hole}}}${infer Rest}`
  ? NameAt<Hole> | Printed<Rest>
  : never

/** Names in `{% for x in name %}` and `{% if name %}`. */
type Tested<T extends string> = T extends `${string}{%${infer Tag}%}${infer Rest}`
  ? ReadBy<Bare<Tag>> | Tested<Rest>
  : never
type ReadBy<Tag extends string> = Tag extends `for ${string} in ${infer List}`
  ? NameAt<List>
  : Tag extends `if not ${infer Test}` | `elif not ${infer Test}`
    ? NameAt<Test>
    : Tag extends `if ${infer Test}` | `elif ${infer Test}`
      ? NameAt<Test>
      : never

/** Names that the template makes: `x` of `{% for x in … %}`, `{% set x = … %}`. */
type Made<T extends string> = T extends `${string}{%${infer Tag}%}${infer Rest}`
  ? MadeBy<Bare<Tag>> | Made<Rest>
  : never
type MadeBy<Tag extends string> = Tag extends `for ${infer Variables} in ${string}`
  ? Listed<Variables>
  : Tag extends `set ${infer Name}=${string}`
    ? Bare<Name>
    : never
type Listed<Variables extends string> = Variables extends `${infer First},${infer Rest}`
  ? Bare<First> | Listed<Rest>
  : Bare<Variables>

/** Without blanks, line ends and the `-` of whitespace control around it. */
type Bare<T extends string> = T extends
  | `${" " | "-" | "\n" | "\t"}${infer R}`
  | `${infer R}${" " | "-" | "\n" | "\t"}`
  ? Bare<R>
  : T

/** The name at the start of an expression; none if it starts with text, a number or a bracket. */
type NameAt<Expression extends string> = Named<Cut<Bare<Expression>>>
type Cut<T extends string> =
  T extends `${infer Before}${" " | "|" | "." | "[" | "(" | ")" | "," | "+" | "*" | "/" | "~" | "=" | "!" | "<" | ">"}${string}`
    ? Cut<Before>
    : T
type Named<T extends string> =
  T extends `${'"' | "'" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "{"}${string}`
    ? never
    : T
