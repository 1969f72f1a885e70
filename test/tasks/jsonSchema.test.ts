import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { readStructured } from "../../src/models/chat/jsonSchema.ts"

it("an integer beyond 2^53 in an answer is exact where a big integer is declared, its digits where anything is, and refused where a number is", () => {
  const answer = '{"id":1234567890123456789}'
  expect(readStructured(Schema.Struct({ id: Schema.BigInt }), "a test")(answer)).toEqual({
    id: 1_234_567_890_123_456_789n
  })
  expect(readStructured(Schema.Struct({ id: Schema.Unknown }), "a test")(answer)).toEqual({
    id: "1234567890123456789"
  })
  expect(() => readStructured(Schema.Struct({ id: Schema.Number }), "a test")(answer)).toThrow(
    "'id', 1234567890123456789, is more than a number holds exactly"
  )
  expect(
    readStructured(
      Schema.Struct({ id: Schema.Number, at: Schema.Date }),
      "a test"
    )('{"id":5,"at":"2024-02-29T00:00:00.000Z"}')
  ).toEqual({ id: 5, at: new Date("2024-02-29T00:00:00.000Z") })
})
