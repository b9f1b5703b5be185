import { findRecordConfig, type RecordConfig } from '@migrate-llm/shim/record';
import { valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';

/** Settles how a command records: `--out` and `--redact`, over the settings. Throws `CliError` and `ShimConfigError`. */
export function readRecordConfig(args: Args): RecordConfig {
  const path = valueOf(args, 'out');
  const patterns = Object.fromEntries(
    (args.values.get('redact') ?? []).map((text) => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1)
        throw new CliError(`--redact is "${text}"; give a name and a pattern, e.g. --redact 'employee=EMP-\\d{6}'`);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
  return findRecordConfig({ ...(path === undefined ? {} : { path }), patterns });
}
