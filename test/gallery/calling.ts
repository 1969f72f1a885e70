/** Runs recorded cases of tasks that ask as often as they like. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Distiset,
  type ErrorRow,
  from,
  LoadDataFromDicts,
  Pipeline,
  type Row,
  runPromise
} from "../../src/index.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { camelCased, type Fixture } from "../fixtures.ts"
import { makerOf, nameOf, recorded } from "../tasks/recorded.ts"

const passedOver = ["numGenerations", "groupGenerations"]

export interface Outcome {
  readonly rows: ReadonlyArray<Row>
  readonly errors: ReadonlyArray<ErrorRow>
  readonly asked: ReadonlyArray<Chat>
}

/** What a case comes to here. */
export const outcome = async (fixture: Fixture): Promise<Outcome> => {
  const asked: Array<Chat> = []
  const maker = makerOf(fixture.task!)!
  const config = Object.fromEntries(
    // Python's tasks of several calls pass over options that every task has there.
    Object.entries(camelCased(fixture.config)).filter(
      ([option]) => !passedOver.includes(option) || option in maker.definition.options
    )
  )
  const made = maker({
    name: nameOf(fixture.task!),
    llm: recorded(fixture, asked, false),
    ...config
  } as never) as never
  const flow =
    fixture.inputs.length === 0
      ? from(made)
      : from(LoadDataFromDicts({ name: "load", data: fixture.inputs as ReadonlyArray<Row> })).to(
          made
        )
  const { default: subset } = (await runPromise(Pipeline("recorded", {}, flow as never), {
    cacheDir: mkdtempSync(join(tmpdir(), "distilabel-recorded-")),
    progress: "none",
    report: false
  })) as unknown as Distiset<{ readonly default: Row }>
  return { rows: await subset.toArray(), errors: await subset.errors().toArray(), asked }
}
