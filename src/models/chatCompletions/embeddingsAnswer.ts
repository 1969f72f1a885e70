/** Vectors in a body, as the protocol has them. */
import { failed } from "../asking/Diagnosis.ts"
import type { EmbedOutput } from "../embeddings/Embeddings.ts"
import { countIn, list, record } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { vectorsOf } from "../provider/defineEmbeddings.ts"

/** The vectors in a body, by the index that each names. Throws `Unusable` unless each text has one. */
export const embeddingsAnswer = (text: string, count: number): EmbedOutput => {
  const body = readBody(text)
  const { data, error, usage } = record(body.kind === "value" ? body.value : undefined)
  if (error !== undefined && error !== null) throw failed(error, undefined)
  const vectors = new Map(
    list(data)
      .map(record)
      .map(({ embedding, index }, position) => [index ?? position, list(embedding)])
  )
  const embeddings = Array.from({ length: count }, (_, index) => vectors.get(index) ?? [])
  return vectorsOf(embeddings, count, countIn(record(usage)["prompt_tokens"]))
}
