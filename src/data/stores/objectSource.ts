/** Objects as byte sources: read over the network as their bytes are wanted. */
import type { ByteSource } from "../rows/ByteSource.ts"
import type { ObjectStore, StoredObject } from "./ObjectStore.ts"
import { openStore } from "./openStore.ts"

/** An object by its address, which is looked at when it is read. */
export const objectAt = (address: string): ByteSource =>
  source(address, async () => {
    const { key, store } = await openStore(address)
    return { store, object: await store.expect(key) }
  })

/** An object that was looked at: if it has changed since, reading fails. */
export const objectSource = (store: ObjectStore, object: StoredObject): ByteSource =>
  source(store.addressOf(object.key), async () => ({ store, object }))

const source = (
  name: string,
  look: () => Promise<{ readonly store: ObjectStore; readonly object: StoredObject }>
): ByteSource => ({
  name,
  stream: async function* (from = 0) {
    const { object, store } = await look()
    yield* store.read(object, from)
  },
  pieces: async () => {
    const { object, store } = await look()
    return {
      size: object.size,
      slice: async (start, end) => {
        const chunks = await Array.fromAsync(store.read(object, start, Math.min(end, object.size)))
        return new Uint8Array(Buffer.concat(chunks))
      },
      close: async () => {}
    }
  }
})
