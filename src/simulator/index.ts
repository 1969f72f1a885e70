/** A simulator of model providers for tests and benchmarks: no network, no keys, the same answers every time. */
export { parseSimulatorArguments, type SimulatorCommand, simulatorUsage } from "./Arguments.ts"
export { type Fault, type FaultKind, faultKinds, faultOf } from "./Faults.ts"
export { type Latency, latencyOf } from "./Latency.ts"
export type { JsonSchema, QuestionKey, Turn } from "./Question.ts"
export type { LogEntry, RouteName } from "./RequestLog.ts"
export { type Simulator, startSimulator } from "./Simulator.ts"
export { type AnswerRequest, SimulatorOptionError, type SimulatorOptions } from "./SimulatorOptions.ts"
export type { SimulatorStats } from "./Stats.ts"
