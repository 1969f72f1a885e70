/** EmbeddingTaskGenerator: tasks for which data of embedding models can be written. */
import * as Schema from "effect/Schema"
import type { Names, RenamedOut } from "../../columns/mapping.ts"
import { jsonIn } from "../../models/chat/jsonIn.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { StepLLM } from "../../step/StepLLM.ts"
import type { GeneratorTaskParameters, GeneratorTaskStep } from "../../tasks/defineGeneratorTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import {
  type Called,
  callingDefinition,
  type GeneratorTaskOptions,
  makeGeneratorTask
} from "../../tasks/makeCalling.ts"
import { improvingTextEmbeddings } from "./embeddingData.ts"

/** What kind of tasks to invent: for each, what such a task is, with examples. */
const categories = {
  "text-retrieval": {
    what: "text retrieval tasks, in which a query finds the documents that serve it. Each is one sentence that says what is looked for and in what",
    such: "Find court rulings that bear on a tenant's question."
  },
  "text-matching-short": {
    what: "text matching tasks in which both texts are short, a few words to a sentence. Each is one sentence that says what is matched with what",
    such: "Match the name of a dish with its main ingredients."
  },
  "text-matching-long": {
    what: "text matching tasks in which both texts are long documents. Each is one sentence that says what is matched with what",
    such: "Match patents with research papers that describe the same invention."
  },
  "text-classification": {
    what: "text classification tasks. Each is one sentence that says what the texts are and how they are told apart",
    such: "Sort support tickets by how urgent they are."
  }
} as const

type Category = keyof typeof categories

/** Columns of the tasks: all of an answer, or one a row. */
export type EmbeddingTasks<Flatten> = Flatten extends true
  ? { readonly task: string }
  : { readonly tasks: ReadonlyArray<string> }

/** What `run({ parameters })` may set of the options. */
export interface EmbeddingTaskParameters {
  /** How often the model is asked for tasks. Default 1. */
  readonly numGenerations?: number
}

export interface EmbeddingTaskOptions<
  Name extends string,
  L extends AnyLLM,
  Flatten extends boolean,
  OutputMap
>
  extends GeneratorTaskOptions<Name, L, OutputMap>, EmbeddingTaskParameters {
  /** What kind of tasks to invent. */
  readonly category: Category
  /** Whether each task has a row of its own. Default false. */
  readonly flattenTasks?: Flatten
  /** Whether the model must answer in JSON by a schema. Default false. */
  readonly useDefaultStructuredOutput?: boolean
}

/** Its own options, as schemas. */
export const embeddingTaskOptions = {
  category: Schema.Literals(Object.keys(categories) as ReadonlyArray<Category>),
  flattenTasks: Schema.optionalKey(Schema.Boolean),
  numGenerations: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
}

const defaults = { flattenTasks: false, numGenerations: 1, useDefaultStructuredOutput: false }

type Values = typeof defaults & { readonly category: Category }

const definition = callingDefinition({
  type: "EmbeddingTaskGenerator",
  about:
    "Invents tasks of retrieval, matching or classification, for which other tasks write data.",
  cites: improvingTextEmbeddings,
  options: embeddingTaskOptions,
  defaults,
  parameters: ["numGenerations"],
  python: {}
})

/**
 * Invents tasks of retrieval, matching or classification, for which other tasks write data.
 *
 * Each answer holds about 20 of them. Steps such as `GenerateTextRetrievalData` read them from
 * column `task`.
 *
 * @example
 *   const tasks = EmbeddingTaskGenerator({
 *     name: "tasks",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     category: "text-retrieval",
 *     flattenTasks: true
 *   })
 *
 * @adds tasks list of strings — without `flattenTasks` only
 * @adds task string — each task of an answer has a row; with `flattenTasks: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name; with `flattenTasks` the same in all rows of an answer
 * @fails RowFailed when the model does not answer, or its answer holds no list of texts
 * @source https://arxiv.org/abs/2401.00368
 */
export const EmbeddingTaskGenerator = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Flatten extends boolean = false,
    const OutputMap extends Names<Called<EmbeddingTasks<Flatten>>> = {}
  >(
    options: EmbeddingTaskOptions<Name, L, Flatten, OutputMap>
  ): GeneratorTaskStep<
    "EmbeddingTaskGenerator",
    Name,
    RenamedOut<Called<EmbeddingTasks<Flatten>>, {}, OutputMap>,
    GeneratorTaskParameters<L> & EmbeddingTaskParameters
  > => {
    const own = checkedOptions(
      "EmbeddingTaskGenerator",
      embeddingTaskOptions,
      defaults,
      options
    ) as unknown as Values
    const { category, flattenTasks, numGenerations, useDefaultStructuredOutput } = own
    return makeGeneratorTask({
      definition,
      options: { ...options, ...own },
      outputs: flattenTasks ? { task: Schema.String } : { tasks: Schema.Array(Schema.String) },
      several: flattenTasks,
      rows: (values) => (values["numGenerations"] as number | undefined) ?? numGenerations,
      work: () => async (_index, llm) => {
        const tasks = await invented(llm, category, useDefaultStructuredOutput)
        return flattenTasks ? tasks.map((task) => ({ task })) : { tasks }
      }
    })
  }
)

const Tasks = Schema.Struct({ tasks: Schema.Array(Schema.String) })

/** Asks for tasks. Fails if there is none in the answer. */
const invented = async (
  llm: StepLLM,
  category: Category,
  structured: boolean
): Promise<ReadonlyArray<string>> => {
  const { such, what } = categories[category]
  const list = `["<a task>", "<another task>", …]`
  const messages = [
    `Invent about 20 ${what}. One may be: "${such}"`,
    "They cover many fields, and each differs from the others in what its texts are and what they are used for. No numbering, no explanations.",
    inThisForm(structured ? `{ "tasks": ${list} }` : list)
  ].join("\n\n")
  const { text } = await llm.askPromise(
    structured ? { messages, structuredOutput: Tasks } : messages
  )
  return tasksIn(text)
}

const tasksIn = (answer: string): ReadonlyArray<string> => {
  const lists = jsonIn(answer).map(({ value }) =>
    typeof value === "object" && value !== null && "tasks" in value ? value.tasks : value
  )
  const tasks = lists.find((list): list is ReadonlyArray<unknown> => Array.isArray(list))
  if (tasks === undefined) throw new Error("the answer is JSON, but no list of tasks")
  if (tasks.length === 0) throw new Error("the list of tasks is empty")
  if (!tasks.every((task) => typeof task === "string" && task.trim() !== ""))
    throw new Error("the list of tasks holds something that is no text")
  return tasks as ReadonlyArray<string>
}
