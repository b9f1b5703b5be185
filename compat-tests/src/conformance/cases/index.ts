import type { Capability } from '../case.ts';
import { transport } from './transport.ts';

/** Every table of cases, in the order of reports. */
export const capabilities: readonly Capability[] = [transport];
