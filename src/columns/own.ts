/** Columns may have any name, also `constructor` or `toString`, which every object knows: records of columns are asked for what is their own. */

/** What a record holds under a name; undefined where it holds nothing. */
export const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined => Object.hasOwn(record, name) ? record[name] : undefined
