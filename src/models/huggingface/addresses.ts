/** Addresses of Hugging Face's models. */

/** The router to its inference providers. */
export const router = "https://router.huggingface.co/v1"

/** Its own provider, which knows models that draw. */
export const imagesRouter = "https://router.huggingface.co/hf-inference"

/** Where descriptions of images go: a provider has many models, an endpoint one. */
export const imagesAddress = (url: string, model: string): string => {
  const plain = url.replace(/\/+$/, "")
  return plain.endsWith("/hf-inference") ? `${plain}/models/${model}` : plain
}

/**
 * Where chats go. Endpoints are known by the address of their server, and the API that came before
 * the router by that of a model.
 */
export const chatAddress = (url: string): string => {
  if (/^https:\/\/api-inference\.huggingface\.co(\/|$)/.test(url)) return router
  const plain = url.replace(/\/+$/, "").replace(/\/(chat\/completions|generate)$/, "")
  return /\/v\d+$/.test(plain) ? plain : `${plain}/v1`
}
