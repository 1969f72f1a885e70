/** Anthropic's requests: the way from a question to the body that the Messages API takes. */
import type { ContentBlockParam } from "@anthropic-ai/sdk/resources/messages/messages"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { keptPrefix } from "../asking/keptPrefix.ts"
import { takenMedia } from "../asking/refusedMedia.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { type Media, mediaOf } from "../chat/media.ts"
import { type PartsOf, partTurns } from "../chat/partTurns.ts"
import { systemApart, systemIn } from "../chat/systemApart.ts"
import { argumentsOf, type ToolChoice, whereOffered } from "../chat/tools.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"

/** The request's body: what was given, and a limit of tokens in any case. */
export const messagesRequest = (model: string, given: GenerateRequest, stream: boolean) => {
  const request = keptPrefix(given, { cache_control: { type: "ephemeral" } })
  const { system, turns } = systemApart(request.messages)
  const format = jsonFormat(request.structuredOutput)
  return defined({
    model,
    // The API takes no request without a limit.
    max_tokens: 4096,
    system: systemIn(system),
    messages: partTurns(turns, blocks).map(({ parts, role }) => ({ role, content: parts })),
    ...whereOffered(request, (tools, choice) => ({
      tools: tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
      tool_choice: choice && choiceOf(choice)
    })),
    output_config: format && { format: { type: "json_schema", schema: format.schema } },
    stream: stream || undefined,
    ...wireKwargs(request.generationKwargs)
  })
}

const choiceOf = (choice: ToolChoice): object =>
  typeof choice === "object"
    ? { type: "tool", name: choice.tool }
    : { type: choice === "required" ? "any" : choice }

const blocks: PartsOf<ContentBlockParam> = {
  said: (part) => (part.type === "text" ? part : mediaBlock(mediaOf(part))),
  called: (call) => ({ type: "tool_use", id: call.id, name: call.name, input: argumentsOf(call) }),
  gave: ({ content, tool_call_id }) => ({ type: "tool_result", tool_use_id: tool_call_id, content })
}

const mediaBlock = (media: Media): ContentBlockParam => {
  const names = { image: "image", file: "document" } as const
  const type = takenMedia("Anthropic", media, names, "images and PDFs")
  const { inline, url } = media
  const data = inline && { type: "base64", media_type: inline.mimeType, data: inline.data }
  // The SDK lists the types that the API takes; another one is for the API to refuse.
  return { type, source: data ?? { type: "url", url } } as ContentBlockParam
}
