/** The key of a row's JSON text that says what JSON has no type for; see `rowText`. */
export const typesKey = "~types"
