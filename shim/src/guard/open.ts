import type { ReadRequest } from '../client-request.ts';
import { findDialect } from '../detect.ts';
import { createReport } from '../report.ts';
import { settleDialect } from '../settle.ts';
import type { ActiveSetup } from '../setup.ts';
import { createAsk, type Fetch } from '../transport.ts';
import type { Guard, GuardPlace } from './place.ts';

/** Makes the guard of one call, which is asked with the call's own agent and signal; `undefined` where the settings name none. */
export function openGuard(
  setup: Pick<ActiveSetup, 'guard' | 'secrets'>,
  inner: Fetch,
  request: ReadRequest,
  init: RequestInit,
): Guard | undefined {
  const { guard: settings } = setup;
  if (settings === undefined) return undefined;
  const { to, model } = settings;
  const find = async (): Promise<GuardPlace> => {
    // What belongs to the app's call does not belong to the guard's: its key against repeats would make two questions one.
    const headers = request.headers.filter(([name]) => !/^(idempotency-key|accept)$/i.test(name));
    const report = createReport('silent', undefined);
    const ask = createAsk(inner, to, { ...init, method: 'POST' }, headers, setup, report);
    const dialect = settleDialect(await findDialect(to, ask, report), model, to.rules);
    return { ask, dialect, model, baseURL: to.baseURL };
  };
  let place: Promise<GuardPlace> | undefined;
  return { settings, open: () => (place ??= find()) };
}
