/** The model of a step, with the parameters that it runs with. */
import type { LLM } from "../../models/chat/LLM.ts"
import type { StepData } from "../../step/Step.ts"

/** Undefined for a step without a model. */
export const modelOf = ({ options, values }: StepData): LLM | undefined => {
  const { llm } = options
  if (!isLLM(llm)) return undefined
  return values["llm"] === undefined
    ? llm
    : llm.configure(values["llm"] as Readonly<Record<string, unknown>>)
}

const isLLM = (value: unknown): value is LLM =>
  typeof value === "object" &&
  value !== null &&
  "generationKwargs" in value &&
  "configure" in value &&
  "endpoint" in value
