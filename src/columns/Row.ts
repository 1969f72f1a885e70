/** Rows: JSON-like objects, and how a row type changes on its way through steps. */

/** A row whose columns nobody knows at compile time. */
export interface Row {
  readonly [column: string]: unknown
}

/**
 * Marks a row type that may hold more columns than it names: what reads them is checked when the
 * run starts.
 */
export interface Open {
  readonly "~open": true
}

/**
 * A function from row type to row type, applied with `Apply`: an interface whose `result` is
 * computed from `this["row"]`.
 */
export interface RowFunction {
  readonly row: unknown
  readonly result: unknown
}

/** `Apply<F, Have>`: the row type that comes out of `F` when `Have` goes in. */
export type Apply<F extends RowFunction, Have> = (F & { readonly row: Have })["result"]

/** The columns of `Have` and those of `Out`; a column that both have gets the type of `Out`. */
export type Overwrite<Have, Out> = [keyof Have & keyof Out] extends [never]
  ? Have & Out
  : // The same columns again, as in a chain of text generations, leave the row as it is: types that nest at each step end in TS2589.
    [Have] extends [Out]
    ? [Out] extends [{ readonly [C in keyof Out]: C extends keyof Have ? Have[C] : never }]
      ? Have
      : Replaced<Have, Out>
    : Replaced<Have, Out>

type Replaced<Have, Out> = [Have] extends [never]
  ? never
  : {
      readonly [C in keyof (Have & Out)]: C extends keyof Out
        ? Out[C]
        : C extends keyof Have
          ? Have[C]
          : never
    }

/** Adds columns; a column that is already there changes its type. */
export interface Adds<Out> extends RowFunction {
  readonly result: Overwrite<this["row"], Out>
}

/** Removes columns, then adds some. */
export interface Swaps<Removed extends string, Out> extends RowFunction {
  readonly result: Overwrite<
    { readonly [C in Exclude<keyof this["row"], Removed>]: this["row"][C] },
    Out
  >
}

/** Leaves the row as it is. */
export interface Passes extends RowFunction {
  readonly result: this["row"]
}

/** Keeps the named columns and drops the others, an open row's unknown ones too. */
export interface Keeps<Kept extends string> extends RowFunction {
  readonly result: { readonly [C in Kept & keyof this["row"]]: this["row"][C] }
}

/** Columns of any types under these names. */
export type ColumnsNamed<Names extends string> = { readonly [C in Names]: unknown }

/** Column names of a row type, as one reads them. */
export type ColumnOf<R> = Exclude<keyof R & string, "~open">
