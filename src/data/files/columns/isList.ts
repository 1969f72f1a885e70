/** Whether a value is a list in a file: an array, or the numbers of an embedding. */
export const isList = (value: object): value is ArrayLike<unknown> & object =>
  Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array
