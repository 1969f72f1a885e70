/** A whole number; its digits as text where a number would be another one. */
export const exactInteger = (value: bigint | number): number | string => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
