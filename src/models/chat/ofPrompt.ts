/** Requests that are a prompt as it is: what makes two of them the same, and what is shown of one. */
import { sortedEntries } from "./chatKind.ts"
import type { GenerateRequest } from "./LLM.ts"
import type { RequestKind } from "./RequestKind.ts"

interface Prompted extends Pick<GenerateRequest, "generationKwargs" | "numGenerations"> {
  readonly prompt: string
}

export const ofPrompt: Pick<
  RequestKind<Prompted, unknown>,
  "identity" | "shown" | "inputLength"
> = {
  identity: ({ generationKwargs, numGenerations, prompt }) => [
    prompt,
    sortedEntries(generationKwargs),
    numGenerations
  ],
  shown: ({ prompt }) => prompt,
  inputLength: ({ prompt }) => prompt.length
}
