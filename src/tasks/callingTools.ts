/**
 * Calls of tools, carried out: what they gave is told to the model, which goes on until it calls
 * none, or one that nobody here carries out.
 */
import * as Effect from "effect/Effect"
import { CurrentAnswers, type Question } from "../models/asking/Answers.ts"
import { addedUsage, type Answer, type TokenUsage, withUsage } from "../models/chat/Answer.ts"
import type { Chat } from "../models/chat/Chat.ts"
import { readStructured } from "../models/chat/jsonSchema.ts"
import type { AnyLLM, GenerateRequest, LLMClient } from "../models/chat/LLM.ts"
import { LLMError } from "../models/chat/LLMError.ts"
import type { Observer } from "../models/chat/LLMEvents.ts"
import type { ToolCall, ToolChoice, ToolResultItem } from "../models/chat/tools.ts"
import { detailOf } from "../step/StepFailed.ts"
import { specOf, type Tool } from "./Tool.ts"
import { settled } from "./Working.ts"

/** The tools of a task. */
export interface TaskTools {
  readonly tools: ReadonlyArray<Tool>
  /** Whether the first answer calls them; later ones do as they like. */
  readonly toolChoice?: ToolChoice | undefined
  /** So often the model may call tools for one answer. */
  readonly maxToolRounds: number
}

/** A client whose answers have their calls carried out. */
export const withTools = (client: LLMClient, llm: AnyLLM, given: TaskTools): LLMClient => {
  const tools = given.tools.map(specOf)
  return {
    generate: (request, observer) =>
      Effect.flatMap(
        client.generate({ ...request, tools, toolChoice: given.toolChoice }, observer),
        ({ answers }) =>
          Effect.map(
            Effect.forEach(
              answers,
              (answer, index) =>
                goneOn(
                  { client, llm, given, observer, request: { ...request, tools }, index },
                  {
                    messages: request.messages,
                    answer,
                    calls: [],
                    rounds: 0,
                    usage: undefined
                  }
                ),
              { concurrency: "unbounded" }
            ),
            (whole) => ({ answers: whole })
          )
      )
  }
}

interface Calling {
  readonly client: LLMClient
  readonly llm: AnyLLM
  readonly given: TaskTools
  readonly observer: Observer | undefined
  readonly request: GenerateRequest
  /** Which of several answers it is. */
  readonly index: number
}

interface Progress {
  readonly messages: Chat
  readonly answer: Answer
  /** All calls so far. */
  readonly calls: ReadonlyArray<ToolCall>
  readonly rounds: number
  readonly usage: TokenUsage | undefined
}

const goneOn = (calling: Calling, progress: Progress): Effect.Effect<Answer, LLMError> => {
  const { client, given, index, llm, observer, request } = calling
  const { answer, messages, rounds } = progress
  const { toolCalls = [] } = answer
  const usage = addedUsage(progress.usage, answer.usage)
  const calls = [...progress.calls, ...toolCalls]
  const said = { role: "assistant" as const, content: answer.text ?? "" }
  const isCarriedOut = ({ name }: ToolCall): boolean =>
    given.tools.find((tool) => tool.name === name)?.run !== undefined ||
    !given.tools.some((tool) => tool.name === name)
  if (toolCalls.length === 0 || !toolCalls.every(isCarriedOut)) {
    const last = toolCalls.length === 0 ? said : { ...said, tool_calls: toolCalls }
    return Effect.succeed({
      ...withUsage(answer, usage),
      toolCalls: calls,
      transcript: [...messages, last]
    })
  }
  if (rounds === given.maxToolRounds)
    return Effect.fail(
      new LLMError({
        llm: llm.type,
        model: llm.model,
        reason: "InvalidAnswer",
        attempts: rounds + 1,
        detail: `it still calls tools after ${rounds} rounds, last ${toolCalls.map(({ name }) => `'${name}'`).join(", ")}`,
        fix: "Raise maxToolRounds, or say in the tools' descriptions when to call them.",
        fatal: false
      })
    )
  return Effect.flatMap(
    Effect.forEach(toolCalls, (call, i) => resultOf(calling, call, `${rounds}.${i}`), {
      concurrency: "unbounded"
    }),
    (results) => {
      const next: Chat = [...messages, { ...said, tool_calls: toolCalls }, ...results]
      const { asker } = request
      return Effect.flatMap(
        client.generate(
          {
            ...request,
            messages: next,
            numGenerations: 1,
            ...(asker === undefined ? {} : { asker: { ...asker, row: `${asker.row}/${index}` } })
          },
          observer
        ),
        ({ answers }) =>
          goneOn(calling, {
            messages: next,
            answer: answers[0]!,
            calls,
            rounds: rounds + 1,
            usage
          })
      )
    }
  )
}

/** What a call gave, in text; a run that goes on after a stop has it from before. */
const resultOf = (
  { given, index, request }: Calling,
  call: ToolCall,
  place: string
): Effect.Effect<ToolResultItem> => {
  const item = (content: string): ToolResultItem => ({
    role: "tool",
    content,
    tool_call_id: call.id,
    name: call.name
  })
  const carriedOut = Effect.map(resultText(given.tools, call), item)
  return Effect.flatMap(Effect.service(CurrentAnswers), (answers) => {
    const { asker, recalls } = request
    if (answers === undefined || asker === undefined) return carriedOut
    const question: Question = {
      llm: "Tool",
      model: call.name,
      baseUrl: "tool",
      kind: "chat",
      identity: [call.arguments],
      shown: `${call.name} ${call.arguments}`,
      // Of an earlier run nobody knows whether the tool was the same.
      request: {
        asker: { ...asker, row: `${asker.row}/${index}/${place}` },
        recalls: recalls === "none" ? "none" : "this run"
      },
      sample: 0
    }
    const asking = answers.ask(question)
    const nothing = { inputTokens: 0, outputTokens: 0, estimated: false }
    return Effect.flatMap(asking.recall, (recalled) =>
      recalled === undefined
        ? Effect.tap(carriedOut, (result) => asking.keep(result.content, 1, nothing))
        : Effect.succeed(item(String(recalled.answer)))
    ).pipe(Effect.onExit(() => Effect.sync(asking.end)))
  })
}

/** What a tool gives, or what is wrong with the call: the model may call it otherwise. */
const resultText = (tools: ReadonlyArray<Tool>, call: ToolCall): Effect.Effect<string> => {
  const found = tools.find(({ name }) => name === call.name)
  if (found?.run === undefined)
    return Effect.succeed(
      `Error: there is no tool '${call.name}'. There are: ${tools.map(({ name }) => name).join(", ")}.`
    )
  const { parameters, run } = found
  return settled(() => {
    const args = readStructured(parameters, `tool '${call.name}'`)(call.arguments)
    // The arguments are what the schema of the tool says.
    return run(args as never)
  }).pipe(
    Effect.map((value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""))),
    Effect.catch((thrown) => Effect.succeed(`Error: ${detailOf(thrown)}`))
  )
}
