/** The functions that the recorded calls name, and some that misbehave. */
import { setTimeout } from "node:timers/promises"
import * as Schema from "effect/Schema"
import { z } from "zod"
import { callable } from "../../../src/steps/calls/callable.ts"

export const add = callable({
  parameters: { a: Schema.Number, b: Schema.Number },
  call: ({ a, b }) => a + b
})

export const fail = callable({
  parameters: { x: Schema.Unknown },
  call: ({ x }) => {
    throw new Error(`no good: ${String(x)}`)
  }
})

export const nothing = callable({ parameters: {}, call: () => undefined })

/** Not callable: calls do not reach it. */
export const shell = (): never => {
  throw new Error("a call has reached what is not callable")
}

export const greet = callable({
  parameters: { name: z.string().min(2), times: z.number().default(1) },
  call: async ({ name, times }) => {
    await setTimeout(1)
    return `Hello ${name}! `.repeat(times).trim()
  }
})

export const spin = callable({
  parameters: {},
  call: () => {
    for (;;);
  }
})

export const never = callable({ parameters: {}, call: () => new Promise(() => {}) })

export const leave = callable({ parameters: {}, call: () => process.exit(3) })

export const later = callable({
  parameters: {},
  call: () => {
    queueMicrotask(() => {
      throw new Error("thrown by nobody's call")
    })
    return setTimeout(50)
  }
})

export const table = callable({
  parameters: { rows: Schema.optionalKey(Schema.Array(Schema.Int)) },
  call: ({ rows = [] }) => ({ rows, sum: rows.reduce((sum, each) => sum + each, 0) })
})
