/** The Hub is where others read: what goes there is searched for keys before. */
import { createReadStream } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { secretFinder } from "../../secrets/secretFinder.ts"
import { DataError } from "../rows/DataError.ts"

const text = /\.(?:jsonl|json|csv|md|ya?ml|txt|log|html)$/

/** Fails if a text among files seems to hold a key. Columns of other files are not looked into. */
export const expectNoSecrets = async (
  address: string,
  directory: string,
  names: ReadonlyArray<string>
): Promise<void> => {
  const find = secretFinder()
  for (const name of names.filter((each) => text.test(each))) {
    let line = 0
    for await (const each of createInterface({ input: createReadStream(join(directory, name)) })) {
      line++
      const found = find(each)
      if (found !== undefined)
        throw new DataError({
          action: "write",
          path: address,
          detail: `nothing was uploaded, since line ${line} of '${name}' holds ${found}. Take it out, and make a new key if others have seen it.`
        })
    }
  }
}
