/** Media that an API has no place for: refused here, in words that say which. */
import type { Media } from "../chat/media.ts"
import { Unusable } from "./Diagnosis.ts"

/** What an API calls a medium, of those that it takes. Throws `Unusable` at others. */
export const takenMedia = <Name extends string>(
  api: string,
  { kind }: Media,
  names: Partial<Readonly<Record<Media["kind"], Name>>>,
  takes: string
): Name => names[kind] ?? refusedMedia(api, kind, takes)

/** Throws `Unusable`. */
export const refusedMedia = (api: string, kind: string, takes: string): never => {
  throw new Unusable({
    reason: "InvalidRequest",
    detail: `${api} takes no ${kind} in a chat, but ${takes}`
  })
}
