export type { MigrateOptions, TargetOption } from '../config.ts';
export { ShimConfigError } from '../config-error.ts';
export type { Note } from '../note.ts';
export type { Fetch } from '../transport.ts';
export type { WireError } from '../wire.ts';
export type { GatewayCall } from './call-record.ts';
export { createGateway, type GatewayOptions } from './gateway.ts';
export { startGateway, type RunningGateway, type ServerOptions } from './node-server.ts';
