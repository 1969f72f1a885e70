/**
 * Simulators of model providers, of the Hugging Face Hub and of Argilla for tests and benchmarks:
 * no network, no keys, the same answers every time.
 */
export {
  type ArgillaSimulator,
  type ArgillaSimulatorOptions,
  startArgillaSimulator
} from "./argilla/ArgillaSimulator.ts"
export type { ArgillaSimulatorDataset } from "./argilla/ArgillaState.ts"
export { parseSimulatorArguments, type SimulatorCommand, simulatorUsage } from "./Arguments.ts"
export { type Fault, type FaultKind, faultKinds, faultOf } from "./faults/Faults.ts"
export {
  type HubLogEntry,
  type HubSimulator,
  type PutOptions,
  startHubSimulator
} from "./hub/HubSimulator.ts"
export {
  type HubFault,
  type HubFaultKind,
  hubFaultKinds,
  type HubSimulatorOptions
} from "./hub/HubSimulatorOptions.ts"
export { type Latency, latencyOf } from "./faults/Latency.ts"
export type { JsonSchema, QuestionKey, Turn } from "../models/simulated/Question.ts"
export type { LogEntry, RouteName } from "./server/RequestLog.ts"
export { type Simulator, startSimulator } from "./server/Simulator.ts"
export type { PromptCacheOptions } from "./server/PromptCache.ts"
export {
  type AnswerRequest,
  SimulatorOptionError,
  type SimulatorOptions
} from "./server/SimulatorOptions.ts"
export type { SimulatorStats } from "./server/Stats.ts"
