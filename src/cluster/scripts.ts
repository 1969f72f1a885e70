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
#   job=$(sbatch --parsable FILE)
#   sbatch --dependency=afterok:$job --wrap ${quoted(`${command} merge ${quoted(folder)}`)}
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
    /** The volume claim for the folder of the run, which all pods may write to. */
    readonly claim: string
  }
): string => `# ${counts(plan, tasks)}.
# The image holds the program, with distilabel-ts among its packages, and starts in its folder.
# The claim '${claim}' is a volume that all pods may write to (ReadWriteMany), mounted at the run's folder.
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
            - ${JSON.stringify(`exec ${command} shard ${quoted(folder)} --index "$JOB_COMPLETION_INDEX" --of ${tasks}`)}
          envFrom:
            - secretRef:
                name: distilabel-keys
                optional: true
          resources:
            requests:
              cpu: "1"
              memory: 2Gi
          volumeMounts:
            - name: run
              mountPath: ${JSON.stringify(folder)}
      volumes:
        - name: run
          persistentVolumeClaim:
            claimName: ${claim}
`

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
