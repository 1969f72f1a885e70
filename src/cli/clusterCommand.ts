/** `distilabel-ts cluster`: scripts that start workers. */
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import { openPlace } from "../cluster/openPlace.ts"
import { knownShards, readPlan, type RunPlan } from "../cluster/RunPlan.ts"
import {
  kubernetesManifest,
  kubernetesWorkers,
  rayScript,
  slurmScript
} from "../cluster/scripts.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import { UsageError } from "./UsageError.ts"

interface TaskOptions {
  readonly tasks: number | undefined
}

const usualTasks = 16

/** Prints a script for sbatch; gives the exit code. */
export const slurmCommand = async (folder: string, { tasks }: TaskOptions): Promise<number> => {
  const plan = await planOf(folder)
  process.stdout.write(
    slurmScript(plan, {
      folder: isAddress(folder) ? folder : resolve(folder),
      tasks: tasksFor("cluster slurm", knownShards(plan), tasks)
    })
  )
  return 0
}

interface PodOptions {
  readonly image: string | undefined
  readonly claim: string | undefined
  readonly at: string | undefined
}

interface KubernetesOptions extends TaskOptions, PodOptions {}

/** Prints the manifest of an Indexed Job; gives the exit code. */
export const kubernetesCommand = async (
  folder: string,
  {
    at = "/run/distilabel",
    claim = "distilabel-run",
    image = "example.com/program",
    tasks
  }: KubernetesOptions
): Promise<number> => {
  const plan = await planOf(folder)
  refuseWrongVolume("cluster k8s", claim, at)
  process.stdout.write(
    kubernetesManifest(plan, {
      folder: isAddress(folder) ? folder : at,
      image,
      claim: isAddress(folder) ? undefined : claim,
      tasks: tasksFor("cluster k8s", knownShards(plan), tasks)
    })
  )
  return 0
}

interface WorkersOptions {
  readonly workers: number | undefined
  readonly slots: number | undefined
}

interface RedisOptions extends WorkersOptions, PodOptions {}

/** Prints the manifest of workers over Redis and of their coordinator; gives the exit code. */
export const kubernetesRedisCommand = (
  source: string,
  {
    at = "/run/distilabel",
    claim = "distilabel-run",
    image = "example.com/program",
    slots = 4,
    workers = 4
  }: RedisOptions
): number => {
  refuseWrongVolume("cluster k8s-redis", claim, at)
  process.stdout.write(
    kubernetesWorkers({
      source,
      image,
      claim: isAddress(at) ? undefined : claim,
      at,
      workers,
      slots
    })
  )
  return 0
}

/** Prints a Python script that starts workers on a Ray cluster; gives the exit code. */
export const rayCommand = ({ slots = 4, workers = 4 }: WorkersOptions): number => {
  process.stdout.write(rayScript({ workers, slots }))
  return 0
}

const planOf = async (folder: string): Promise<RunPlan> =>
  Effect.runPromise(readPlan((await openPlace(folder)).folder))

const refuseWrongVolume = (command: string, claim: string, at: string): void => {
  if (!/^[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(claim))
    throw new UsageError(
      command,
      `--claim takes the name of a volume claim, small letters, digits, '-' and '.', not '${claim}'`
    )
  if (!at.startsWith("/") && !isAddress(at))
    throw new UsageError(
      command,
      `--at takes a path from '/' on, or an address of an object store, not '${at}'`
    )
}

const tasksFor = (
  command: string,
  shards: number,
  tasks = Math.min(shards, usualTasks)
): number => {
  if (tasks > shards)
    throw new UsageError(
      command,
      `--tasks ${tasks} is more than the run has shards (${shards}): the others would have nothing to do`
    )
  return tasks
}
