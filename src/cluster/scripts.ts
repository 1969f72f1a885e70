/** Scripts that start the workers of a run in shards, to be read before they are used. */
import { knownShards, type RunPlan } from "./RunPlan.ts"

/** The exit code of a worker for which trying again does not help: other code, other rows. */
export const exitNeverHere = 42

/** How a script starts workers. */
export interface ScriptOptions {
  /** The folder of the run, as the workers see it. */
  readonly folder: string
  /** So many workers. */
  readonly tasks: number
}

/** An array job of Slurm: `sbatch FILE`. */
export const slurmScript = (plan: RunPlan, { folder, tasks }: ScriptOptions): string => `#!/bin/bash
# ${counts(plan, tasks)}. Submit it from the folder in which the run was planned:
${submissions(plan)}
#   sbatch --dependency=afterany:$job --wrap ${quoted(`${command} merge ${quoted(folder)}`)}
# Submitted again after failures it works on the missing shards only.
# Time, memory and partition are for you to set. Models' limits, such as requestsPerMinute and
# maxConcurrency, hold for each worker by itself: give each its share.
#SBATCH --job-name=${nameOf(plan)}
#SBATCH --array=0-${tasks - 1}
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
exec ${command} shard ${quoted(folder)} --index "$SLURM_ARRAY_TASK_ID" --of "$SLURM_ARRAY_TASK_COUNT"
`

/** An Indexed Job of Kubernetes: `kubectl apply -f FILE`. */
export const kubernetesManifest = (
  plan: RunPlan,
  {
    folder,
    image,
    claim,
    tasks
  }: ScriptOptions & {
    /** The image with the program and its packages, whose working folder is the program's. */
    readonly image: string
    /** The volume claim for the folder of the run, which all pods may write to; none for a store. */
    readonly claim: string | undefined
  }
): string => `# ${counts(plan, tasks)}.
# The image holds the program, with distilabel-ts among its packages, and starts in its folder.
# ${claim === undefined ? withStore : `The claim '${claim}' is a volume that all pods may write to (ReadWriteMany), mounted at the run's folder.`}
# Keys of providers come from the secret 'distilabel-keys', as in:
#   kubectl create secret generic distilabel-keys --from-literal=OPENAI_API_KEY=...
# When the job is complete: ${command} merge ${quoted(folder)}
# Models' limits, such as requestsPerMinute and maxConcurrency, hold for each worker by itself.
apiVersion: batch/v1
kind: Job
metadata:
  name: ${nameOf(plan)}
spec:
  completionMode: Indexed
  completions: ${tasks}
  parallelism: ${tasks}
  backoffLimitPerIndex: 5
  podFailurePolicy:
    rules:
      # Other code or other rows than planned: trying again does not help.
      - action: FailIndex
        onExitCodes:
          containerName: shard
          operator: In
          values: [${exitNeverHere}]
      # A node that went away is nobody's failure.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 60
      containers:
        - name: shard
          image: ${JSON.stringify(image)}
          command:
            - sh
            - -c
            - ${JSON.stringify(`exec ${command} shard ${quoted(folder)} --index "$JOB_COMPLETION_INDEX" --of ${tasks}${plan.parts.length > 1 ? " --wait" : ""}`)}
          envFrom:
            - secretRef:
                name: distilabel-keys
                optional: true
          resources:
            requests:
              cpu: "1"
              memory: 2Gi
${mounted(claim, folder)}${volumes(claim)}`

const withStore = "The store's package is among those, and its credentials are in the same secret."

/** Where a container sees the volume of a claim, if there is one. */
const mounted = (claim: string | undefined, at: string): string =>
  claim === undefined
    ? ""
    : `          volumeMounts:
            - name: run
              mountPath: ${JSON.stringify(at)}
`

const volumes = (claim: string | undefined): string =>
  claim === undefined
    ? ""
    : `      volumes:
        - name: run
          persistentVolumeClaim:
            claimName: ${claim}
`

/** What a manifest of workers over Redis is made with. */
export interface WorkersOptions {
  /** The program, as the image has it. */
  readonly source: string
  readonly image: string
  readonly claim: string | undefined
  /** Where pods see the volume of the claim; without one the address of the run. */
  readonly at: string
  readonly workers: number
  readonly slots: number
}

/** Workers over a Redis, and the coordinator of a run: `kubectl apply -f FILE`. */
export const kubernetesWorkers = ({
  at,
  claim,
  image,
  slots,
  source,
  workers
}: WorkersOptions): string => {
  const container = (name: string, args: string): string => `        - name: ${name}
          image: ${JSON.stringify(image)}
          command:
            - sh
            - -c
            - ${JSON.stringify(`exec ${command} ${args}`)}
          envFrom:
            - secretRef:
                name: distilabel-redis
            - secretRef:
                name: distilabel-keys
                optional: true
${mounted(claim, at)}`
  const output = claim === undefined ? at : `${at}/result`
  return `# ${workers} workers with ${slots} slots each, and the coordinator of a run of ${source}.
# The image holds the program, with distilabel-ts, bullmq and ioredis among its packages, and starts in its folder.
# ${claim === undefined ? withStore : `The claim '${claim}' is a volume that all pods may write to (ReadWriteMany).`}
# Redis and its password, and the keys of providers, come from two secrets, as in:
#   kubectl create secret generic distilabel-redis --from-literal=DISTILABEL_REDIS=redis://:PASSWORD@redis:6379
#   kubectl create secret generic distilabel-keys --from-literal=OPENAI_API_KEY=...
# A coordinator that goes away is started again and goes on; so is a worker.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: distilabel-worker
spec:
  replicas: ${workers}
  selector:
    matchLabels:
      app: distilabel-worker
  template:
    metadata:
      labels:
        app: distilabel-worker
    spec:
      # A worker that is to stop keeps the answers that are under way.
      terminationGracePeriodSeconds: 90
      containers:
${container("worker", `worker --slots ${slots}`)}          resources:
            requests:
              cpu: "${slots}"
              memory: ${slots}Gi
${volumes(claim)}---
apiVersion: batch/v1
kind: Job
metadata:
  name: distilabel-run
spec:
  backoffLimit: 20
  template:
    spec:
      restartPolicy: OnFailure
      terminationGracePeriodSeconds: 90
      containers:
${container("run", `run ${quoted(source)} --cluster env --output ${quoted(output)}`)}          resources:
            requests:
              cpu: "1"
              memory: 2Gi
${volumes(claim)}`
}

/** Workers over a Redis on the nodes of a Ray cluster: `python3 FILE`. */
export const rayScript = ({
  slots,
  workers
}: Pick<WorkersOptions, "slots" | "workers">): string => `#!/usr/bin/env python3
"""Starts ${workers} workers with ${slots} slots each on the nodes of a Ray cluster, until Ctrl+C.

Ray only starts them: they find their runs in the Redis that DISTILABEL_REDIS names here. Each node
has the program with its packages, bullmq and ioredis among them, in a folder of the same path as
the one this is started in, sees the folder of the run, and has the keys of providers in its
environment. The run itself: ${command} run FILE --cluster env --output FOLDER
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

import ray

WORKERS = ${workers}
SLOTS = ${slots}
# A worker that is to stop keeps the answers that are under way.
GRACE_SECONDS = 90


def end_with_parent():
    """A worker whose process of Ray is killed ends too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


# A node that is lost has its worker started elsewhere.
@ray.remote(num_cpus=SLOTS, max_retries=-1, scheduling_strategy="SPREAD")
def worker(folder, address):
    child = subprocess.Popen(
        ["${command}", "worker", "--slots", str(SLOTS)],
        cwd=folder,
        env={**os.environ, "DISTILABEL_REDIS": address},
        preexec_fn=end_with_parent,
    )
    try:
        # Ray interrupts Python, not a call that waits for the system.
        while child.poll() is None:
            time.sleep(0.5)
        return child.returncode
    except BaseException:
        child.terminate()
        child.wait(GRACE_SECONDS)
        raise


def main():
    address = os.environ.get("DISTILABEL_REDIS")
    if not address:
        sys.exit("Set DISTILABEL_REDIS to the address of the Redis, as in redis://HOST:6379.")
    ray.init()
    started = [worker.remote(os.getcwd(), address) for _ in range(WORKERS)]
    try:
        codes = ray.get(started)
    except KeyboardInterrupt:
        for each in started:
            ray.cancel(each)
        ray.wait(started, num_returns=WORKERS, timeout=GRACE_SECONDS)
        sys.exit(130)
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
`

/** How often an array is submitted: each time parts that others have made ready are worked on. */
const submissions = ({ parts }: RunPlan): string => {
  const depth: Array<number> = []
  for (const { inputs } of parts)
    depth.push(1 + Math.max(0, ...inputs.map(({ part }) => depth[part]!)))
  const rounds = Math.max(...depth)
  return [
    "#   job=$(sbatch --parsable FILE)",
    ...(rounds === 1
      ? []
      : [
          `#   for round in $(seq 2 ${rounds}); do job=$(sbatch --parsable --dependency=afterany:$job FILE); done`,
          "# (Steps that need rows beside one another wait for the others: a task that has nothing to do yet ends with 75.)"
        ])
  ].join("\n")
}

// Not npx: signals go to the worker itself.
const command = "node_modules/.bin/distilabel-ts"

const counts = (plan: RunPlan, tasks: number): string =>
  `Pipeline ${JSON.stringify(plan.pipeline)}: ${plan.rows.toLocaleString("en")} source rows in ${knownShards(plan)} shards, ${tasks} workers`

/** What Slurm and Kubernetes take as a name. */
const nameOf = ({ pipeline }: RunPlan): string => {
  const name = pipeline
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, "")
  return name === "" ? "distilabel" : `distilabel-${name}`
}

/** A text as one word of a shell. */
const quoted = (text: string): string =>
  /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
