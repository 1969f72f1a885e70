/** Names in Python's snake_case and in our camelCase. */

/** `outputColumns` as `output_columns`. */
export const snakeCased = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `output_columns` as `outputColumns`. */
export const camelCased = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
