/** Models in documents whose classes are not here. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as hidden from "../columns/hidden.ts"
import type { DescribedModel, Registry } from "../document/classes/Registry.ts"
import { isRecord, type TreeRecord } from "../document/tree/Tree.ts"
import { defaultMaxConcurrency } from "../models/asking/Gate.ts"
import type { LLM } from "../models/chat/LLM.ts"
import { LLMError } from "../models/chat/LLMError.ts"

/**
 * A model in place of one whose class is not here: what a document tells of it can be seen, and
 * asking it fails.
 */
const standIn = ({ fields, type }: { readonly type: string; readonly fields: TreeRecord }): LLM => {
  const named = [
    fields["model"],
    fields["model_id"],
    fields["endpoint_name"],
    fields["path_or_hf_repo"]
  ].find((name) => typeof name === "string")
  const model = named ?? type
  const described: Omit<LLM, typeof hidden.parameters> = {
    type,
    kind: "chat",
    model,
    maxConcurrency: defaultMaxConcurrency,
    parameters: Schema.Record(Schema.String, Schema.Unknown),
    options: { model },
    generationKwargs: isRecord(fields["generation_kwargs"]) ? fields["generation_kwargs"] : {},
    endpoint: {},
    configure: () => described as LLM,
    address: () => undefined,
    open: Effect.suspend(() =>
      Effect.fail(
        new LLMError({
          llm: type,
          model,
          reason: "InvalidRequest",
          attempts: 0,
          detail: "its class is not here",
          fix: `Give it where the document is loaded: { bind: { ${type}: (options) => OpenAILLM({ … }) } }`,
          fatal: true
        })
      )
    )
  }
  return described as LLM
}

/** Whether a value is a model. */
const isModel = (value: unknown): value is LLM & DescribedModel =>
  typeof value === "object" &&
  value !== null &&
  "generationKwargs" in value &&
  "configure" in value &&
  "endpoint" in value

/** What every registry says of models, whichever classes it has. */
export const standIns: Pick<Registry, "standIn" | "configured" | "isModel"> = {
  standIn,
  configured: (model, parameters) => (model as LLM).configure(parameters),
  isModel
}
