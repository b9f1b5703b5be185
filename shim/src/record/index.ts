export { ShimConfigError } from '../config-error.ts';
export { findRecordConfig, listSecrets } from './find-config.ts';
export { purgeRecording, type PurgeReport } from './purge.ts';
export { RecordingError } from './recording-file.ts';
export { type RelayOptions, type RelayTotals, type RunningRelay, startRelay } from './relay.ts';
export type { RawExchange } from './redact-exchange.ts';
export type { Loss, RecordTotals } from './scribe.ts';
export type { PersonalKind, RecordConfig } from './settings.ts';
export { openRecording, type RecordingWriter } from './writer.ts';
