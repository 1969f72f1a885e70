/** The place of a run, by the path of its folder or by its address. */
import { isAddress } from "../data/stores/storeAddress.ts"
import { placeOnDisk, type RunPlace } from "./RunPlace.ts"

/** The place of a run that was planned. */
export const openPlace = async (name: string): Promise<RunPlace> => {
  if (!isAddress(name)) return placeOnDisk(name)
  const [{ expectRun }, { StorePlace }] = await stores()
  return new StorePlace(await expectRun(name))
}

/** The same, or one for a run that is about to be planned. */
export const placeToPlan = async (name: string): Promise<RunPlace> => {
  if (!isAddress(name)) return placeOnDisk(name)
  const [{ newRun, storedRun }, { StorePlace }] = await stores()
  return new StorePlace((await storedRun(name)) ?? (await newRun(name)))
}

const stores = () => Promise.all([import("./StoredRun.ts"), import("./StorePlace.ts")])
