/** Mappings: columns that a step knows by one name and the flow by another, as types. */
import type { Apply, RowFunction } from "./Row.ts"

/** The columns a step needs, under the names they have in the flow. */
export type Renamed<Need, Map> = [keyof Map] extends [never]
  ? Need
  : // A mapping that the editor refuses becomes one with nothing but optional keys: it has been told of, and says no more here.
    {} extends Map
    ? {}
    : { readonly [C in keyof Need as C extends keyof Map ? Map[C] & string : C]: Need[C] }

/**
 * The columns a step adds, under the names they get in the flow: an output's own name, else the
 * input's it replaces.
 *
 * Every row after the step holds this type with all that it is made of, so it takes the input's
 * names along only where an output has one of them.
 */
export type RenamedOut<Out, InputMap, OutputMap> = [keyof Out & keyof InputMap] extends [never]
  ? [keyof OutputMap] extends [never]
    ? Out
    : {
        readonly [C in keyof Out as C extends keyof OutputMap ? OutputMap[C] & string : C]: Out[C]
      }
  : {
      readonly [
        C in keyof Out as C extends keyof OutputMap
          ? OutputMap[C] & string
          : C extends keyof InputMap
            ? InputMap[C] & string
            : C
      ]: Out[C]
    }

/**
 * A function of rows in a step with mappings. `Beside` are columns that the step adds under other
 * names: those that the flow has already stay.
 */
export type MappedRows<F extends RowFunction, InputMap, OutputMap, Beside = never> = [
  keyof Told<InputMap> | keyof Told<OutputMap>
] extends [never]
  ? F
  : InFlow<F, Told<InputMap>, Told<OutputMap>, Beside>

/** No mapping, where the editor refuses it. */
type Told<Map> = {} extends Map ? {} : Map

/** The same function, of rows under the flow's names. */
export interface InFlow<F extends RowFunction, InputMap, OutputMap, Beside> extends RowFunction {
  readonly result: BackInFlow<
    Apply<F, IntoStep<this["row"], InputMap>>,
    this["row"],
    InputMap,
    OutputMap,
    Exclude<keyof InputMap | (Beside & keyof OutputMap), InputMap[keyof InputMap]>
  >
}

/** A row under the step's names. */
type IntoStep<Have, InputMap> = [keyof InputMap] extends [never]
  ? Have
  : {
      readonly [
        C in keyof Have as C extends InputMap[keyof InputMap]
          ? OwnName<InputMap, C>
          : C extends keyof InputMap
            ? never
            : C
      ]: Have[C]
    }
type OwnName<InputMap, C> = {
  [N in keyof InputMap]: C extends InputMap[N] ? N : never
}[keyof InputMap]

/** A row that came out, under the flow's names, with the columns that had to make place. */
type BackInFlow<Out, Have, InputMap, OutputMap, Aside> = [Aside & keyof Have] extends [never]
  ? Back<Out, InputMap, OutputMap>
  : Back<Out, InputMap, OutputMap> & {
      readonly [
        C in Aside & keyof Have as C extends keyof Back<Out, InputMap, OutputMap> ? never : C
      ]: Have[C]
    }
type Back<Out, InputMap, OutputMap> = {
  readonly [
    C in keyof Out as C extends keyof OutputMap
      ? OutputMap[C] & string
      : // What the step adds takes the place of what passes.
        Exclude<
          C extends keyof InputMap ? InputMap[C] & string : C,
          OutputMap[keyof OutputMap & keyof Out]
        >
  ]: Out[C]
}

/** New names for some columns of a row type. */
export type Names<R> = { readonly [C in keyof R]?: string }

/**
 * A mapping as an option: what was given, with the columns that may be in it for the editor to
 * offer, which knows nothing of a type parameter that is still to be inferred.
 */
export type Mapped<Map, R> = Map & Names<R>
