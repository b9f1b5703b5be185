import { planMigration, type Finding } from '@migrate-llm/codemods';
import { readTexts } from '../files.ts';
import type { Folder } from '../folder.ts';
import type { CallGroup } from './calls.ts';

/** What of a folder's OpenAI calls the run did not show. */
export interface Bypasses {
  /** Places that name an address of their own: their requests go there, whatever the environment says. */
  readonly elsewhere: readonly Finding[];
  /** Clients of the shim already: their requests go where its own settings say. */
  readonly onShim: readonly Finding[];
  /** Calls of endpoints from which no request came. */
  readonly unseen: readonly Finding[];
}

/** Compares what a folder's code calls with what came through. */
export function findBypasses(folder: Folder, groups: readonly CallGroup[]): Bypasses {
  const { findings } = planMigration({ files: readTexts(folder).files });
  return {
    elsewhere: findings.filter(isElsewhere),
    onShim: findings.filter(({ guide }) => guide === 'shim'),
    unseen: findings.filter(
      ({ rule, subject }) =>
        rule === 'call-site' &&
        !groups.some(({ path }) => `${path}/`.startsWith(`${pathOf(subject)}/`) || path.startsWith(pathOf(subject))),
    ),
  };
}

/** Finds the places of a folder's code that name an address of their own. */
export function findElsewhere(folder: Folder): Finding[] {
  return planMigration({ files: readTexts(folder).files }).findings.filter(isElsewhere);
}

function isElsewhere({ rule, guide }: Finding): boolean {
  return rule === 'raw-url' || guide === 'code';
}

/** Path of the endpoint that a method such as `chat.completions.create` calls. */
function pathOf(method: string): string {
  const parts =
    method
      .split(' ')[0]
      ?.replace(/^beta\.(?=chat\.)/, '')
      .split('.') ?? [];
  return parts[0] === 'chat' ? '/chat/completions' : `/${parts[0] ?? ''}`;
}
