/** Opens the store that an address names, with its service's package, which is loaded when needed. */
import { PackageMissing } from "../../runtime/PackageMissing.ts"
import { redacted } from "../../secrets/redact.ts"
import { DataError } from "../rows/DataError.ts"
import { ObjectStore, type StoreClient, type StoreWords } from "./ObjectStore.ts"
import { type Scheme, storeAddress } from "./storeAddress.ts"

/** What a service brings. */
interface Service {
  readonly words: StoreWords
  /** Variables that say which server is asked, and as whom. */
  readonly environment: ReadonlyArray<string>
  readonly open: (bucket: string) => Promise<StoreClient>
}

const services: Readonly<Record<Scheme, () => Promise<Service>>> = {
  s3: () => import("./s3.ts"),
  gs: () => import("./gs.ts"),
  az: () => import("./az.ts"),
  hf: () => import("./hf.ts")
}

/** Buckets that were opened, by who is asked for them: connections are shared. */
const opened = new Map<string, Promise<ObjectStore>>()

/** An open store, and the key that the address has there. */
export interface Stored {
  readonly store: ObjectStore
  readonly key: string
}

/** Opens the store of an address. */
export const openStore = async (
  address: string,
  action: "read" | "write" = "read"
): Promise<Stored> => {
  const { bucket, key, scheme } = storeAddress(address, action)
  const root = `${scheme}://${bucket}`
  const service = await services[scheme]()
  const known = JSON.stringify([root, ...service.environment.map((name) => process.env[name])])
  const store =
    opened.get(known) ??
    service.open(bucket).then((client) => new ObjectStore(root, client, service.words))
  opened.set(known, store)
  try {
    return { store: await store, key }
  } catch (thrown) {
    opened.delete(known)
    if (thrown instanceof DataError) throw thrown
    const detail =
      thrown instanceof PackageMissing
        ? `it ${thrown.predicate}`
        : redacted(`${(thrown as Error).message}. ${service.words.credentials}`)
    throw new DataError({ action, path: address, detail })
  }
}
