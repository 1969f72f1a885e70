/** Runs recorded cases of tasks: the recorded answers are what the model says. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as hidden from "../../src/columns/hidden.ts"
import * as readyTasks from "../../src/gallery/readyTasks.ts"
import { type Row, runStepPromise } from "../../src/index.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import type { LLM } from "../../src/models/chat/LLM.ts"
import { LLMError } from "../../src/models/chat/LLMError.ts"
import { restoredOutput } from "../../src/models/chat/storedAnswers.ts"
import type { AnyDefined } from "../../src/step/Definition.ts"
import { camelCased, type Fixture } from "../fixtures.ts"

interface Parameters {}

/**
 * A model that gives the recorded answers in the order it is asked, and remembers what it was
 * asked.
 */
export const recorded = (
  fixture: Fixture,
  asked: Array<Chat>,
  fails: boolean
): LLM<"stub-model", Parameters> => {
  const answers = (fixture.generations ?? []).map((generations, i) =>
    restoredOutput({
      generations,
      statistics: fixture.statistics?.[i] ?? {},
      ...fixture.extra?.[i]
    })
  )
  const llm: LLM<"stub-model", Parameters> = {
    kind: "chat",
    writesUserTurns: fixture.error?.includes("the Magpie way") !== true,
    type: "RecordedLLM",
    model: "stub-model",
    maxConcurrency: 1,
    parameters: Schema.Struct({}),
    options: {},
    generationKwargs: {},
    configure: () => llm,
    endpoint: {},
    address: () => undefined,
    open: Effect.succeed({
      generate: ({ messages }) => {
        asked.push(messages)
        return fails
          ? Effect.fail(
              new LLMError({
                llm: "RecordedLLM",
                model: "stub-model",
                reason: "ServerError",
                detail: "down",
                attempts: 1,
                fatal: false,
                fix: ""
              })
            )
          : Effect.succeed(answers[asked.length - 1]!)
      }
    })
    // What types alone know is not there.
  } as Omit<LLM<"stub-model", Parameters>, typeof hidden.parameters> as LLM<
    "stub-model",
    Parameters
  >
  return llm
}

/** Rows without the prompts that were sent: the recordings have none. */
const withoutPrompts = (rows: ReadonlyArray<Row>): unknown =>
  JSON.parse(
    JSON.stringify(rows, (key: string, value: unknown) =>
      key.startsWith("raw_input_") ? undefined : value
    )
  )

/** The constructor of a class; undefined if there is none yet. */
export const makerOf = (task: string): AnyDefined | undefined =>
  (readyTasks as Readonly<Record<string, unknown>>)[task] as never

/** The name that Python gives a step by itself. */
export const nameOf = (task: string): string =>
  `${task.replaceAll(/(?<!^)(?=[A-Z])/g, "_").toLowerCase()}_0`

export interface Outcome {
  readonly rows: unknown
  readonly asked: ReadonlyArray<Chat>
}

/** What a case comes to here. */
export const outcome = async (fixture: Fixture, fails = false): Promise<Outcome | Error> => {
  const asked: Array<Chat> = []
  try {
    const { columns, ...config } = camelCased(fixture.config)
    const options = {
      name: nameOf(fixture.task!),
      llm: recorded(fixture, asked, fails),
      // As Python's tasks, which keep rows without an answer.
      nulls: "keep",
      ...config,
      ...(columns === undefined ? {} : { columns })
    }
    const step = makerOf(fixture.task!)!(options as never)
    const { errors, rows } = await runStepPromise(step as never, fixture.inputs as never)
    const bad = errors.find(({ reason }) => reason === "BadInput")
    if (bad !== undefined) return new Error(bad.detail)
    // Error rows hold the same nulls as distilabel's rows.
    return {
      rows: withoutPrompts([...(rows as ReadonlyArray<Row>), ...errors.map(({ row }) => row)]),
      asked
    }
  } catch (thrown) {
    return thrown as Error
  }
}
