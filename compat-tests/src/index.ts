export type { Answer, Choice, StreamEvent, ToolCall } from './answer.ts';
export { type Candidate, CandidateError, type CandidateOptions, createCandidate } from './candidate.ts';
export type { Check, CheckId, CheckVerdict } from './check.ts';
export { type Fault, faults, findFault } from './faults/index.ts';
export { createFaultyFetch, type FaultyEndpoint, startFaulty } from './faulty.ts';
export { ImportError, type ImportedTraffic, importers, importTraffic } from './importers/index.ts';
export { compare, type CompareOptions, type ParityReport, type Progress } from './parity.ts';
export { findBreaches, type Gate, GateError, parseGate } from './gate/gate.ts';
export type { SideMeasure } from './measures/measure.ts';
export type { Cost as SideCost, Measures, Spread } from './measures/tally.ts';
export { type ParityFormat, parityFormats, writeParity } from './parity-reports/formats.ts';
export { chooseEntries, type Choice as TrafficChoice, type Shard } from './run/choose.ts';
export { estimateCost, type Estimate } from './run/estimate.ts';
export { ResultsError, type RunHead } from './run/results-file.ts';
export { type RunOutcome, runParity, type RunParityOptions } from './run/run.ts';
export { summariseResults } from './run/summarise.ts';
export { openTraffic, type Traffic, type TrafficEntry } from './run/traffic.ts';
export { createLiveGate, type LiveGate, type LiveGateOptions, type Rollback } from './live/live-gate.ts';
export { keepsItems, keepsNumbers, keepsUnits, speaks } from './ready-checks.ts';
export { readTaskChecks, type TaskAnswer, type TaskCheck, TaskCheckError } from './task-check.ts';
export type { ExchangeResult, Obstacle } from './result.ts';
export { type MetricJudgement, type Share } from './verdict/judge.ts';
export {
  defaultRules,
  exitCodeOf,
  type Settled,
  type SiteVerdict,
  type Verdict,
  type VerdictRules,
} from './verdict/settle.ts';
export {
  countEvidence,
  describeEvidence,
  type Evidence,
  parseRecording,
  readRecording,
  RecordingError,
} from './recording.ts';
export type { Put } from './faults/wire/fault.ts';
export { wireFaults } from './faults/wire/index.ts';
export { type Asking, type BaselinePlan, type ModelLife, planBaseline } from './baseline/plan.ts';
export { type BaselineOptions, type BaselineOutcome, runBaseline } from './baseline/run.ts';
export { failFirst } from './replay/fail-first.ts';
export {
  describeMiss,
  type Hooks,
  ReplayError,
  replayInTests,
  type TestReplay,
  type TestReplayOptions,
} from './replay/in-tests.ts';
export type { Difference, Miss } from './replay/match.ts';
export { type Replay, type ReplayOptions, startReplay } from './replay.ts';
export { encodeReport, formatReport, type FormatOptions } from './report.ts';
export { capabilities } from './conformance/cases/index.ts';
export { isProfile, profiles } from './conformance/profiles.ts';
export type {
  Attempt,
  CaseKind,
  CaseResult,
  CaseVerdict,
  ClientId,
  ConformanceReport,
  Cost,
  ExpectationOutcome,
  ExpectationResult,
  Gap,
  Level,
  ProfileId,
  SeenExchange,
} from './conformance/result.ts';
export type { Capability, Case, CaseRequest, Expectation, FollowUp, Judgement, Step } from './conformance/case.ts';
export type { FailureKind, Observation } from './conformance/observation.ts';
export type { Models } from './conformance/ask.ts';
export { exitCodeOfRun, runCases, type RunOptions, type RunProgress } from './conformance/run.ts';
export {
  type Change,
  type ComparedCase,
  type ComparedReport,
  type Comparison,
  compareReports,
  exitCodeOfComparison,
} from './conformance/compare.ts';
export { parseReport, ReportError } from './conformance/read-report.ts';
export {
  comparisonFormats,
  type ComparisonFormat,
  conformanceFormats,
  type ConformanceFormat,
  writeComparison,
  writeConformance,
  type WriteOptions,
} from './conformance/reports/formats.ts';
export { needs } from './conformance/features.ts';
export { openProgressFile, type ProgressFile, type RunIdentity } from './conformance/progress-file.ts';
export { VerifyError } from './conformance/selection.ts';
export { verify, type DirectEndpoint, type ShimEndpoint, type VerifyOptions } from './conformance/verify.ts';
export { type RecordedOptions, verifyRecorded } from './conformance/verify-recorded.ts';
