/** Mappings: columns that a step knows by one name and the flow by another, as types. */

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

/** New names for some columns of a row type. */
export type Names<R> = { readonly [C in keyof R]?: string }

/**
 * A mapping as an option: what was given, with the columns that may be in it for the editor to
 * offer, which knows nothing of a type parameter that is still to be inferred.
 */
export type Mapped<Map, R> = Map & Names<R>
