/**
 * The wiring check as the compiler does it: does this step fit after these columns, and if not,
 * what does the editor say.
 */
import type * as hidden from "../columns/hidden.ts"
import type { Apply, ColumnOf, Open } from "../columns/Row.ts"
import type { AnyStep, NeedOf, NoRow, Picks, StepFacts } from "../step/Step.ts"
import type * as says from "./sentences.ts"
import type { Says } from "./sentences.ts"

/**
 * The step itself if it fits after rows of type `Have` in a pipeline with steps called `Names`,
 * where it reads `Need`;
 * else a type whose key is the sentence that says why not, and whose value holds the facts.
 */
export type Fits<S extends AnyStep, Have, Names, Need = NeedOf<S>> =
  // NoInfer: else the compiler infers into the reports on every right call too (24 times dearer at 200 steps).
  S["name"] extends Names
    ? // A part of a pipeline does not know the names before it.
      string extends Names
      ? Fits<S, Have, never, Need>
      : // While the step is still to be inferred it is never, and these are the columns it may name.
        [S] extends [never]
        ? Picks<ReadonlyArray<ColumnOf<Have>>>
        : NoInfer<{
            readonly [X in Says<typeof says.takenName<S["name"]>>]: { readonly taken: Names }
          }>
    : [Have] extends [Need]
      ? S
      : NoInfer<Unfit<S, Need, Have>>

/** As `Fits`, for a step that joins branches. */
export type FitsJoin<
  S extends AnyStep,
  Rows extends ReadonlyArray<unknown>,
  Lasts,
  Names
> = S["name"] extends Names
  ? string extends Names
    ? FitsJoin<S, Rows, Lasts, never>
    : [S] extends [never]
      ? Picks<ReadonlyArray<ColumnOf<Rows[number]>>>
      : NoInfer<{
          readonly [X in Says<typeof says.takenName<S["name"]>>]: { readonly taken: Names }
        }>
  : S extends { readonly kind: "join" }
    ? // S beside it: a condition on the rows alone is settled before S is inferred, which then has nothing to be inferred from.
      [Disagreeing<Rows>, S] extends [never, AnyStep]
      ? [Joined<Rows, S>] extends [NeedOf<S>]
        ? S
        : NoInfer<Unfit<S, NeedOf<S>, Joined<Rows, S>>>
      : NoInfer<{
          readonly [
            C in Disagreeing<Rows> & string as Says<typeof says.branchesDisagree<S["name"], C>>
          ]: {
            readonly [I in keyof Lasts & keyof Rows & `${number}` as Lasts[I] & string]: Rows[I][C &
              keyof Rows[I]]
          }
        }>
    : NoInfer<{
        readonly [X in Says<typeof says.notAJoinStep<S["name"]>>]: {
          readonly joins: "CombineColumns, CombineOutputs, joinStep"
        }
      }>

/**
 * Why a step does not fit; for an open row, the step itself if only unknown columns are missing.
 * Written without helper types, whose names the editor would show.
 */
type Unfit<S extends AnyStep, Need, Have> = [Need] extends [never]
  ? // Nothing reads never: what was given is no step, but perhaps a list of some.
    { readonly [X in Says<typeof says.notAStep>]: { readonly write: ".branch([a, b])" } }
  : [Need] extends [NoRow]
    ? {
        readonly [X in Says<typeof says.generatorAfterStep<S["name"]>>]: {
          readonly start: "from(…)"
        }
      }
    : string extends keyof Need
      ? // A column whose name is known at run time only.
        S
      : [Have extends Open ? never : Missing<Need, Have>] extends [never]
        ? [Clash<Need, Have>] extends [never]
          ? Have extends Open
            ? S
            : {
                readonly [X in Says<typeof says.needsOneOf<S["name"]>>]: {
                  readonly oneOf: Need extends unknown ? keyof Need & string : never
                  readonly choose: ColumnOf<Have>
                }
              }
          : {
              readonly [C in Clash<Need, Have> as Says<typeof says.wrongType<S["name"], C>>]: {
                readonly wants: Need[C & keyof Need]
                readonly gets: Have[C & keyof Have]
              }
            }
        : {
            readonly [C in Missing<Need, Have> as Says<typeof says.missingColumn<S["name"], C>>]: {
              readonly choose: ColumnOf<Have>
            }
          }

/** Columns of `Need` that `Have` lacks or may lack; optional ones may be absent. */
export type Missing<Need, Have> = {
  [C in keyof Need]-?: {} extends Pick<Need, C>
    ? never
    : C extends keyof Have
      ? {} extends Pick<Have, C>
        ? C
        : never
      : C
}[keyof Need] &
  string

/** Columns that `Have` has with a type that `Need` cannot read. */
export type Clash<Need, Have> = {
  [C in keyof Need & keyof Have]-?: Have[C] extends Need[C]
    ? never
    : {} extends Pick<Have, C>
      ? {} extends Pick<Need, C>
        ? C
        : never
      : C
}[keyof Need & keyof Have] &
  string

/**
 * What a promise asks of a pipeline: that its steps require no services, since a promise has no
 * place to provide them. Requirements that are not known at compile time pass.
 */
export type Provided<R> = [R] extends [never]
  ? unknown
  : unknown extends R
    ? unknown
    : NoInfer<{ readonly [X in Says<typeof says.servicesMissing>]: { readonly requires: R } }>

/** The generator itself if a pipeline can start with it. */
export type Starts<S extends AnyStep> = S["kind"] extends "generator"
  ? S
  : NoInfer<{
      readonly [X in Says<typeof says.notAGenerator<S["name"]>>]: {
        readonly start: "a generator, such as LoadDataFromDicts"
      }
    }>

/** The rows that come out of each of several steps after rows of type `Have`. */
export type Each<Have, Steps extends ReadonlyArray<AnyStep>> = {
  readonly [I in keyof Steps]: Apply<Steps[I][typeof hidden.gives], Have>
}

/**
 * The row that a join step reads, of the rows of the branches: one row of each, or what all
 * branches have and perhaps the rest.
 */
export type Joined<Rows extends ReadonlyArray<unknown>, S> = S extends { readonly armRows: "one" }
  ? OneOfEach<Rows[number]>
  : Common<Rows[number]>

// `[U] extends [never]` in what follows: the result of a conditional is shown by its columns, that of an alias by its name.

/** One row from each branch, laid over one another. */
export type OneOfEach<U> = [U] extends [never]
  ? never
  : { readonly [C in KeyOfEach<U> & string]: ValueIn<U, C> }

type Common<U> = [Exclude<KeyOfEach<U>, keyof U>] extends [never]
  ? { readonly [C in keyof U & string]: U[C] }
  : { readonly [C in keyof U & string]: U[C] } & {
      readonly [C in Exclude<KeyOfEach<U>, keyof U> & string]?: ValueIn<U, C>
    }

/**
 * The rows of several flows one after the other: a column that only some have is null in the
 * others.
 */
export type Concatenated<U> = [U] extends [never]
  ? never
  : { readonly [C in KeyOfEach<U> & string]: C extends keyof U ? U[C] : ValueIn<U, C> | null }

type KeyOfEach<U> = U extends unknown ? keyof U : never
// A row without the column has no say: matched alone, it would give `unknown`.
type ValueIn<U, C extends PropertyKey> = U extends unknown
  ? C extends keyof U
    ? U extends { readonly [X in C]?: infer V }
      ? V
      : never
    : never
  : never

/** Columns that the branches give with types of which none takes the others' values. */
type Disagreeing<Rows extends ReadonlyArray<unknown>> = {
  [C in Exclude<keyof Rows[number], "distilabel_metadata">]: [Rows[number][C]] extends [
    (Rows[0] & Rows[number])[C]
  ]
    ? never
    : Agreed<Rows, C> extends true
      ? never
      : C
}[Exclude<keyof Rows[number], "distilabel_metadata">]
type Agreed<Rows extends ReadonlyArray<unknown>, C> = true extends {
  [I in keyof Rows]: C extends keyof Rows[I]
    ? [Rows[number][C & keyof Rows[number]]] extends [Rows[I][C]]
      ? true
      : never
    : never
}[number]
  ? true
  : false

/**
 * A step's name and its runtime parameters, as a flow carries them: a union of these costs the
 * compiler less than a record that grows.
 */
export interface Named<out Name extends string, out Parameters> {
  readonly name: Name
  readonly parameters: Parameters
}

/** A generator's name and parameters, and the rows that it starts a flow with. */
export interface NamedSource<out Name extends string, out Parameters, out Rows> extends Named<
  Name,
  Parameters
> {
  readonly rows: Rows
}

/** Services that a step requires. A flow carries nothing of steps that require none. */
export interface Requires<out R> extends Named<never, unknown> {
  readonly services: R
}

type RequiresOf<R> = [R] extends [never] ? never : Requires<R>

/** What a flow carries of the generator that it starts with. */
export type SourceEntry<S extends AnyStep> =
  | (string extends S["name"]
      ? never
      : NamedSource<
          S["name"],
          S[typeof hidden.facts]["parameters"],
          Apply<S[typeof hidden.gives], {}>
        >)
  | RequiresOf<S[typeof hidden.facts]["requires"]>

/**
 * What a flow carries of a step, or of each of several; of one whose name is not known at compile
 * time, its services only. Inferred: looked up by its key, each fact costs every step before it.
 */
export type Entry<S> = S extends {
  readonly name: infer Name extends string
  readonly [hidden.facts]: StepFacts<infer Parameters, infer R>
}
  ? (string extends Name ? never : Named<Name, Parameters>) | RequiresOf<R>
  : never

/** The name of a step, if it is known at compile time. */
export type KnownName<S extends AnyStep> = string extends S["name"] ? never : S["name"]
