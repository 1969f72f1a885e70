/** What a model is asked for. */
export type RequestKindName = "chat" | "completion" | "embeddings" | "images" | "scores"
