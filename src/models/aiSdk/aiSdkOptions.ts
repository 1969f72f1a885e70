/** The way from a question to what models of the AI SDK take. */
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4TextPart
} from "@ai-sdk/provider"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ChatItem, type ChatMessage, contentParts, textOf } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { mediaOf } from "../chat/media.ts"
import { argumentsOf } from "../chat/tools.ts"
import type { OwnKwargs } from "../own/llm.ts"

/** The options of a call: what was given, and nothing else. */
export const aiSdkOptions = ({
  generationKwargs,
  messages,
  structuredOutput,
  toolChoice,
  tools = []
}: GenerateRequest): LanguageModelV4CallOptions => {
  const { maxNewTokens, ...kwargs } = generationKwargs as OwnKwargs
  const format = jsonFormat(structuredOutput)
  return {
    prompt: messages.map(messageOf),
    ...(maxNewTokens === undefined ? {} : { maxOutputTokens: maxNewTokens }),
    ...kwargs,
    ...(format === undefined
      ? {}
      : { responseFormat: { type: "json", name: format.name, schema: format.schema } }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ parameters, ...tool }) => ({
            type: "function",
            ...tool,
            inputSchema: parameters
          })),
          ...(toolChoice === undefined
            ? {}
            : {
                toolChoice:
                  typeof toolChoice === "string"
                    ? { type: toolChoice }
                    : { type: "tool", toolName: toolChoice.tool }
              })
        })
  }
}

const messageOf = (message: ChatMessage): LanguageModelV4Message => {
  if (message.role === "tool")
    return {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: message.tool_call_id,
          toolName: message.name,
          output: { type: "text", value: message.content }
        }
      ]
    }
  const { content, role } = message
  if (role === "system") return { role, content: textOf(content) }
  if (role === "user") return { role, content: partsOf(content) }
  const calls = "tool_calls" in message ? message.tool_calls : []
  const text = textOf(content)
  return {
    role,
    content: [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...calls.map((call) => ({
        type: "tool-call" as const,
        toolCallId: call.id,
        toolName: call.name,
        input: argumentsOf(call)
      }))
    ]
  }
}

const partsOf = (
  content: ChatItem["content"]
): Array<LanguageModelV4TextPart | LanguageModelV4FilePart> =>
  contentParts(content).map((part) => {
    if (part.type === "text") return part
    const { inline, kind, url } = mediaOf(part)
    return inline === undefined
      ? {
          type: "file",
          mediaType: kind === "file" ? "application/pdf" : `${kind}/*`,
          data: { type: "url", url: new URL(url) }
        }
      : { type: "file", mediaType: inline.mimeType, data: { type: "data", data: inline.data } }
  })
