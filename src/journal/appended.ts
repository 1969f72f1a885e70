/** Appending an answer to the segment of its process. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { JournalError } from "./JournalError.ts"
import { type AskerHashes, type Indexed, indexed, type LoggedResponse } from "./LoggedResponse.ts"
import type { SegmentWriter } from "./SegmentWriter.ts"

/** Keeps an entry, and gives what an index needs to know of it; done once it is written. */
export const appended = (
  writer: SegmentWriter,
  entry: LoggedResponse,
  asker?: AskerHashes
): Effect.Effect<Indexed, JournalError> =>
  Effect.callback((resume) =>
    writer.add(JSON.stringify(entry), (result) =>
      resume(
        result instanceof JournalError
          ? Exit.fail(result)
          : Exit.succeed(indexed(entry, { segment: result.segment, ...result.place }, asker))
      )
    )
  )
