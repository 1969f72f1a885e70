/**
 * The commands of runs in shards, as they are declared; what they do is loaded when they are
 * called.
 */
import { command, flag, group, number, path, text, wholeNumber } from "./command.ts"
import { durability, json, progress } from "./flags.ts"

const folder = [
  ["FOLDER", "the folder of the run, which 'run --shards' has planned, or its address in a store"]
] as const

const address = [
  ["[ADDRESS]", "redis://HOST:PORT or rediss://…; without it that of DISTILABEL_REDIS"]
] as const
const otlp = text("URL", "sends the spans of its shards to an OpenTelemetry collector")

export const shard = command(
  {
    name: "shard",
    about: "work on a share of a run's shards",
    details:
      "Works on shards of a run that 'run --shards' has planned: of N workers, number I takes every Nth shard. Shards that are there are skipped; answers that a killed worker has paid for are found. Start it where relative paths mean what they meant to 'run --shards'.",
    args: folder,
    options: {
      index: number("I", "which worker this is, from 0 on"),
      of: wholeNumber("N", "how many workers there are"),
      wait: flag(
        "waits for shards of other workers where a step needs rows beside one another (default: ends with code 75 then)"
      ),
      durability,
      progress: progress("live on a terminal, else a line for each shard")
    },
    notes:
      "Limits of models (requestsPerMinute, tokensPerMinute, maxConcurrency) hold for each worker by itself: give each its share.\n\nExit codes: 0 all shards of this worker are there, 1 some failed, 2 wrong usage, 42 code, versions or rows are not those of the plan, so that trying again does not help, 75 the rest waits for shards of other workers, 130, 143 and 129 stopped by Ctrl+C, SIGTERM and a closed terminal.",
    examples: [
      "distilabel-ts shard results --index 0 --of 4",
      'distilabel-ts shard results --index "$SLURM_ARRAY_TASK_ID" --of "$SLURM_ARRAY_TASK_COUNT"'
    ]
  },
  async (values, [folder]) => (await import("./shardCommand.ts")).shardCommand(folder!, values)
)

export const merge = command(
  {
    name: "merge",
    about: "make the dataset of a run whose shards are there",
    details:
      "Puts the shards of a run one after the other, read against their checksums: the same dataset, in the same order, as one process would have made.",
    args: folder,
    options: {
      output: text(
        "ADDRESS",
        "uploads the dataset to a folder of an object store, in place of the run's own: s3://…, gs://…, az://… or hf://datasets/OWNER/NAME/…"
      ),
      json: flag("prints the result as JSON")
    },
    notes: "Exit codes: 0 done, 1 shards are missing or damaged, which are listed, 2 wrong usage.",
    examples: [
      "distilabel-ts merge results",
      "distilabel-ts merge results --output s3://bucket/run1",
      "distilabel-ts merge s3://bucket/run1"
    ]
  },
  async (values, [folder]) => (await import("./mergeCommand.ts")).mergeCommand(folder!, values)
)

export const worker = command(
  {
    name: "worker",
    about: "work on runs that are announced in a Redis",
    details:
      "Works on shards of runs that 'run --cluster' has announced in a Redis, until it is stopped; each of its slots is a process that works on one shard. Start it where relative paths mean what they meant to 'run', with the keys of providers in its environment.",
    args: address,
    options: {
      slots: wholeNumber("N", "shards at the same time (default: as many as there are cores)"),
      queue: text("NAME", "the queue in which it looks for runs (default)"),
      run: text("ID", "takes this run only, and ends with it"),
      otlp,
      quiet: flag("says nothing but what goes wrong")
    },
    notes:
      "Ctrl+C or SIGTERM has it hand back its shards: what is answered is kept, and other workers go on with it.\n\nExit codes: 0 the only run it was to take is over, 1 error, 2 wrong usage, 42 code, versions or rows are not those of the run, 130, 143 and 129 stopped by Ctrl+C, SIGTERM and a closed terminal.",
    examples: [
      "distilabel-ts worker redis://10.0.0.5:6379 --slots 8",
      "DISTILABEL_REDIS=rediss://:secret@redis.example.com:6380 distilabel-ts worker"
    ]
  },
  async (values, [address]) => (await import("./workerCommand.ts")).workerCommand(address, values)
)

const tasks = {
  tasks: wholeNumber("N", "workers (default: as many as shards, 16 at most)")
}
const pods = {
  image: text("IMAGE", "the container image with the program (default: example.com/program)"),
  claim: text("NAME", "the claim of the volume that all see (default: distilabel-run)"),
  at: path(
    "DIR",
    "where pods see it, or the address of the run in a store, which needs no volume (default: /run/distilabel)"
  )
}
const workers = {
  workers: wholeNumber("N", "workers (default 4)"),
  slots: wholeNumber("N", "slots of each (default 4)")
}

export const cluster = group(
  {
    name: "cluster",
    about: "look at runs on many workers, and print scripts that start workers",
    details:
      "Shows runs that are announced in a Redis; prints scripts that start the workers of a run in shards on Slurm, Kubernetes and Ray, to be read and changed before they are used.",
    examples: [
      "distilabel-ts run pipeline.ts --shards 100 --output results",
      "distilabel-ts cluster slurm results > workers.sh"
    ]
  },
  [
    command(
      {
        name: "status",
        about: "show the runs that are announced in a Redis",
        details: "Shows the runs that are announced in a Redis, with their workers and shards.",
        args: address,
        options: { queue: text("NAME", "the queue of the runs (default)"), json },
        examples: ["distilabel-ts cluster status redis://10.0.0.5:6379"]
      },
      async (values, [address]) =>
        (await import("./statusCommand.ts")).statusCommand(address, values)
    ),
    command(
      {
        name: "slurm",
        about: "an array job of Slurm",
        details: "Prints a script for sbatch: an array of workers, each with its share of shards.",
        args: folder,
        options: tasks,
        examples: ["distilabel-ts cluster slurm results --tasks 32 > workers.sh"]
      },
      async (values, [folder]) =>
        (await import("./clusterCommand.ts")).slurmCommand(folder!, values)
    ),
    command(
      {
        name: "k8s",
        about: "an Indexed Job of Kubernetes",
        details: "Prints the manifest of an Indexed Job: pods, each with its share of shards.",
        args: folder,
        options: { ...tasks, ...pods },
        examples: [
          "distilabel-ts cluster k8s results --image registry.example.com/mine:1 --at /data/results > job.yaml"
        ]
      },
      async (values, [folder]) =>
        (await import("./clusterCommand.ts")).kubernetesCommand(folder!, values)
    ),
    command(
      {
        name: "k8s-redis",
        about: "workers over Redis on Kubernetes, and their coordinator",
        details:
          "Prints manifests of a Deployment of workers and of a Job that coordinates a run over a Redis.",
        args: [["FILE", "the pipeline, as the image has it"]],
        options: { ...workers, ...pods },
        examples: [
          "distilabel-ts cluster k8s-redis pipeline.ts --image registry.example.com/mine:1 > run.yaml"
        ]
      },
      async (values, [file]) =>
        (await import("./clusterCommand.ts")).kubernetesRedisCommand(file!, values)
    ),
    command(
      {
        name: "ray",
        about: "workers over Redis on the nodes of a Ray cluster",
        details:
          "Prints a Python script that starts workers over a Redis on the nodes of a Ray cluster, which does nothing else for them.",
        options: workers,
        examples: ["distilabel-ts cluster ray --workers 16 --slots 8 > workers.py"]
      },
      async (values) => (await import("./clusterCommand.ts")).rayCommand(values)
    )
  ]
)
