/** Figures as a person reads them, in terminals, pages and cards. */

/** So many of something: 1 row, 1,234 rows. */
export const counted = (count: number, what: string, many = `${what}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? what : many}`

/** An amount of US dollars, with as many digits as tell something. */
export const dollars = (cost: number): string =>
  cost === 0 ? "$0" : cost < 0.01 ? `$${cost.toPrecision(2)}` : `$${cost.toFixed(2)}`
