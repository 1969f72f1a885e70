/**
 * The way of chats to Mistral: its SDK signs and sends them. The SDK's own function for chats would
 * check each request and each answer by schemas of all that the API knows, which take longer to
 * load than a model to answer.
 */
import type { MistralCore as Client } from "@mistralai/mistralai/core.js"

const path = "/v1/chat/completions"

/** Sends a body; gives the plain response. */
export type SendChat = (body: object, signal: AbortSignal) => Promise<Response>

/** Loads what signing needs. */
export const chatSender = async (
  client: Client,
  missing: (thrown: unknown) => never
): Promise<SendChat> => {
  const { extractSecurity, resolveGlobalSecurity } =
    await import("@mistralai/mistralai/lib/security.js").catch(missing)
  return async (body, signal) => {
    const { _options: options } = client
    const apiKey = await extractSecurity(options.apiKey)
    const security = resolveGlobalSecurity(apiKey === undefined ? {} : { apiKey })
    const context = {
      options,
      baseURL: client._baseURL ?? "",
      operationID: "chat_completion_v1_chat_completions_post",
      oAuth2Scopes: null,
      resolvedSecurity: security,
      securitySource: options.apiKey,
      retryConfig: { strategy: "none" }
    } as const
    const request = client._createRequest(
      context,
      {
        security,
        method: "POST",
        path,
        headers: new Headers({ "content-type": "application/json", accept: "application/json" }),
        body: JSON.stringify(body)
      },
      { fetchOptions: { signal } }
    )
    if (!request.ok) throw request.error
    const response = await client._do(request.value, {
      context,
      // Our fetch has thrown what is no success.
      isErrorStatusCode: () => false,
      retryConfig: context.retryConfig,
      retryCodes: []
    })
    if (!response.ok) throw response.error
    return response.value
  }
}
