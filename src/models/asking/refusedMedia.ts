/** Media that an API has no place for: refused here, in words that say which. */
import { Unusable } from "./Diagnosis.ts"

/** Throws `Unusable`. */
export const refusedMedia = (api: string, kind: string, takes: string): never => {
  throw new Unusable({
    reason: "InvalidRequest",
    detail: `${api} takes no ${kind} in a chat, but ${takes}`
  })
}
