/** The functions that `functionCalls.ts` wants called. */
import { callable } from "distilabel-ts"
import { Schema } from "effect"

export const celsius = callable({
  parameters: { fahrenheit: Schema.Number },
  call: ({ fahrenheit }) => ((fahrenheit - 32) * 5) / 9
})

export const tip = callable({
  parameters: { bill: Schema.Number, percent: Schema.optionalKey(Schema.Number) },
  call: ({ bill, percent = 10 }) => (bill * percent) / 100
})
