/** Addresses of Hugging Face's models. */

/** The router to its inference providers. */
export const router = "https://router.huggingface.co/v1"

/**
 * Where chats go. Endpoints are known by the address of their server, and the API that came before
 * the router by that of a model.
 */
export const chatAddress = (url: string): string => {
  if (/^https:\/\/api-inference\.huggingface\.co(\/|$)/.test(url)) return router
  const plain = url.replace(/\/+$/, "").replace(/\/(chat\/completions|generate)$/, "")
  return /\/v\d+$/.test(plain) ? plain : `${plain}/v1`
}
