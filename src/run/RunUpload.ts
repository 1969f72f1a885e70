/**
 * The upload of a run's results to a folder of an object store. What was uploaded from here, and
 * under which name, is noted on this machine, so that the same run may replace its results and no
 * other's.
 */
import { hash, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { artifactsFolder } from "../data/distiset/artifacts.ts"
import { Checksums, checksumsFile } from "../data/distiset/checksums.ts"
import { DataError } from "../data/rows/DataError.ts"
import { filesBelow, StoreFolder } from "../data/stores/StoreFolder.ts"
import { writeWhole } from "../disk/writeWhole.ts"
import { lateAnswersName } from "../report/figures/LateAnswers.ts"
import { figuresFile } from "../report/figures/RunFigures.ts"
import { reportName } from "../report/write/reportName.ts"

/** Uploads the results in a folder that other processes have filled. */
export const uploadResults = async (address: string, directory: string): Promise<void> => {
  const upload = await RunUpload.open(address, directory)
  await upload.upload(directory)
}

/** What is noted of uploads to a folder. */
interface Noted {
  /** Whose marker lies in the folder while it is not complete. */
  readonly id: string
  /** Objects that were put there, or were about to be. */
  readonly names: ReadonlyArray<string>
  /** The hash of the checksums that were put there last. */
  readonly checksums?: string | undefined
}

export class RunUpload {
  readonly #folder: StoreFolder
  readonly #notes: string
  /** Whether it was taken by an earlier try, which may have uploaded some of it. */
  readonly #wasTaken: boolean
  #noted: Noted

  private constructor(folder: StoreFolder, notes: string, noted: Noted, wasTaken: boolean) {
    this.#folder = folder
    this.#notes = notes
    this.#noted = noted
    this.#wasTaken = wasTaken
  }

  /**
   * Takes the folder of an address: fails before anything is requested of a model if nothing can be
   * written there, or if it holds what was not uploaded from here. Many machines upload the results
   * of `run`: the folder is its own.
   */
  static async open(address: string, notes: string, run?: string): Promise<RunUpload> {
    const known = notedIn(notes)
    const folder = await StoreFolder.open(address)
    const held = await folder.names()
    const noted =
      run === undefined ? (known ?? { id: randomUUID(), names: [] }) : { id: run, names: held }
    write(notes, noted)
    const isOwn =
      run !== undefined ||
      (known?.checksums !== undefined &&
        known.checksums === hashOf(await folder.text(checksumsFile)))
    const wasTaken = (await folder.holder())?.id === noted.id
    if (held.length > 0 && !isOwn && !wasTaken)
      throw new DataError({
        action: "write",
        path: address,
        detail: `the folder holds ${held.length === 1 ? `'${held[0]}'` : `${held.length} objects`}, and what was last uploaded from here is something else. Give another address, or remove what it holds.`
      })
    await folder.take(noted.id, false)
    return new RunUpload(folder, notes, noted, wasTaken)
  }

  /** The run has not come to its end: the folder stays as it was. */
  async abandon(): Promise<void> {
    if (!this.#wasTaken) await this.#folder.release()
  }

  /** Uploads the results in a run's folder, in place of those of the run before. */
  async upload(directory: string): Promise<void> {
    const names = resultsIn(directory)
    await this.#folder.check(directory, names)
    const before = this.#noted.names
    this.#note({ names: [...new Set([...before, ...names])], checksums: undefined })
    try {
      await this.#folder.fill(directory, names)
    } catch (thrown) {
      throw thrown instanceof DataError
        ? new DataError({
            ...thrown,
            detail: `${thrown.detail} The results are in '${directory}'. Run it again to upload them: no answer is paid for twice.`
          })
        : thrown
    }
    const now = new Set(names)
    await this.#folder.remove(before.filter((name) => !now.has(name)))
    // Before the marker goes: after it, only this says whose the folder is.
    this.#note({
      names,
      checksums: hashOf(readFileSync(join(directory, checksumsFile), "utf8"))
    })
    await this.#folder.release()
  }

  #note(noted: Omit<Noted, "id">): void {
    this.#noted = { id: this.#noted.id, ...noted }
    write(this.#notes, this.#noted)
  }
}

const notesFile = ".upload"

const notedIn = (notes: string): Noted | undefined => {
  try {
    return JSON.parse(readFileSync(join(notes, notesFile), "utf8")) as Noted
  } catch {
    return undefined
  }
}

const write = (notes: string, noted: Noted): void => {
  mkdirSync(notes, { recursive: true })
  writeWhole(join(notes, notesFile), JSON.stringify(noted))
}

const hashOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : hash("sha256", text)

/** What of a run's folder others may want to read; what it needs to go on stays. */
const resultsIn = (directory: string): ReadonlyArray<string> => {
  const artifacts = join(directory, artifactsFolder)
  return [
    ...(Checksums.read(directory).files ?? []),
    ...(existsSync(artifacts) ? filesBelow(artifacts) : []).map(
      (name) => `${artifactsFolder}/${name}`
    ),
    ...[reportName, figuresFile, lateAnswersName, checksumsFile].filter(
      (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true
    )
  ]
}
