/**
 * Columns may have any name, also `constructor` or `toString`, which every object knows: records of
 * columns are asked for what is their own.
 */

/** What a record holds under a name; undefined where it holds nothing. */
export const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/**
 * Sets what a record holds under a name, `__proto__` too, which an assignment would take for its
 * prototype.
 */
export const setKey = <A>(record: Record<string, A>, key: string, value: A): void => {
  if (key === "__proto__")
    Object.defineProperty(record, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true
    })
  else record[key] = value
}
