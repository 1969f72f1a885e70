/**
 * Finish reasons: why an answer ended, under one name for what providers say each in their own
 * words.
 */
import type { FinishReason } from "./Answer.ts"

const names: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  stop_sequence: "stop",
  complete: "stop",
  end_turn: "stop",
  eos: "stop",
  eos_token: "stop",
  pause_turn: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  model_length: "length",
  model_context_window_exceeded: "length",
  tool_calls: "tool",
  tool_call: "tool",
  tool_use: "tool",
  function_call: "tool",
  content_filter: "filtered",
  refusal: "filtered",
  tool: "tool",
  filtered: "filtered",
  error: "error",
  timeout: "error",
  malformed_function_call: "error",
  unexpected_tool_call: "error",
  too_many_tool_calls: "error"
}

/** The reason behind a provider's word; null where it says nothing that is known. */
export const finishReasonOf = (word: unknown): FinishReason | null =>
  typeof word === "string" ? (names[word.toLowerCase()] ?? null) : null
