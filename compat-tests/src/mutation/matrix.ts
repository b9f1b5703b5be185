import type { Capability, Case } from '../conformance/case.ts';
import type { WireFault } from '../faults/wire/fault.ts';
import { wireFaults } from '../faults/wire/index.ts';
import { variations } from '../faults/wire/variations.ts';
import { type Catch, findCatches, rehearse, type Rehearsal } from './prove.ts';

/** A fault and what finds it. */
interface Proof {
  readonly area: string;
  readonly fault: WireFault;
  /** The cases that count: for a fault at must, cases at must that do not merely warn. */
  readonly catches: readonly Catch[];
}

/** A case that complains where nothing is wrong. */
interface FalseAlarm {
  /** A variation, or `the sound endpoint`. */
  readonly where: string;
  readonly case: Case;
  readonly reason: string;
}

/** The whole proof: every fault, every variation, and the sound endpoint. */
export interface Matrix {
  readonly proofs: readonly Proof[];
  readonly falseAlarms: readonly FalseAlarm[];
  /** Cases that ask something. */
  readonly asked: number;
  /** Cases that do not apply to the sound endpoint, by id. */
  readonly unasked: readonly string[];
}

/** Asks every case at the sound endpoint, at each variation of it, and at each fault that touches it. Takes some twenty seconds. */
export async function proveSuite(capabilities: readonly Capability[]): Promise<Matrix> {
  const rehearsals = await rehearse(capabilities);
  const counts = ({ level }: Case) => level !== 'info';
  const falseAlarms = rehearsals
    // What OpenAI itself refuses in words, as the extras of vendors, is no complaint.
    .filter(({ row, verdict }) => counts(row) && !['PASS', 'UNTESTED', 'UNSUPPORTED'].includes(verdict))
    .map(({ row, reason }): FalseAlarm => ({ where: 'the sound endpoint', case: row, reason }));
  // What takes time by its nature is asked of the sound endpoint alone.
  const quick = rehearsals.filter(({ row }) => row.alone !== true);
  for (const { id, put } of variations) {
    const catches = await findCatches(put, quick, { profiles: ['openai-observed'] });
    falseAlarms.push(
      ...catches.filter(({ row }) => counts(row)).map(({ row, reason }) => ({ where: id, case: row, reason })),
    );
  }
  const proofs: Proof[] = [];
  for (const [area, faults] of wireFaults) {
    for (const fault of faults) {
      proofs.push({ area, fault, catches: await findProof(fault, rehearsals) });
    }
  }
  return {
    proofs,
    falseAlarms,
    asked: rehearsals.filter(({ verdict }) => verdict === 'PASS').length,
    unasked: rehearsals.filter(({ verdict }) => verdict !== 'PASS').map(({ row }) => row.id),
  };
}

/** The cases that find a fault and count for its level. */
export async function findProof(fault: WireFault, rehearsals: readonly Rehearsal[]): Promise<readonly Catch[]> {
  if (fault.level !== 'must') return findCatches(fault.put, rehearsals);
  const found = await findCatches(fault.put, rehearsals, { profiles: ['openai-observed'], suffices: isStrong });
  return found.filter(isStrong);
}

const isStrong = ({ row, verdict, profile }: Catch) =>
  row.level === 'must' && verdict !== 'WARN' && profile === 'openai-observed';

/** Faults that no other case than this one finds, by the case's id. */
export function findSoleCatches(proofs: readonly Proof[]): ReadonlyMap<string, readonly string[]> {
  const sole = new Map<string, readonly string[]>();
  for (const { fault, catches } of proofs) {
    const [only] = catches;
    if (catches.length === 1 && only !== undefined) sole.set(only.row.id, [...(sole.get(only.row.id) ?? []), fault.id]);
  }
  return new Map([...sole].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many cases a row of the table names. */
const named = 4;

/** Writes MUTATIONS.md. */
export function writeMatrix({ proofs, asked, unasked }: Matrix): string {
  const must = proofs.filter(({ fault }) => fault.level === 'must');
  const caught = (list: readonly Proof[]) => list.filter(({ catches }) => catches.length > 0).length;
  const should = proofs.filter(({ fault }) => fault.level === 'should');
  const areas = new Map<string, Proof[]>();
  for (const proof of proofs) areas.set(proof.area, [...(areas.get(proof.area) ?? []), proof]);
  return [
    '# Proof of the conformance suite by mutation',
    '',
    'Written by `npm run mutations`; do not edit. Each fault is put before the reference endpoint, which answers as OpenAI does, and the cases whose requests it touches are asked again.',
    '',
    `- ${caught(must)} of ${must.length} faults at must are found by a case at must, in the profile \`openai-observed\`, that does not merely warn.`,
    `- ${caught(should)} of ${should.length} faults at should are found by a case, those marked \`strict\` in the profile \`openai-spec-strict\`.`,
    `- ${variations.length} harmless variations and the sound endpoint raise nothing, with ${asked} cases asked (info aside). Not asked, as OpenAI itself does not have it: ${unasked.join(', ')}.`,
    '',
    'A fault comes from the deviations measured on recorded traffic (`provider group.measure`), from an issue, or from the case of the catalogue that names it.',
    '',
    ...[...areas].flatMap(([area, list]) => [
      `## ${area}`,
      '',
      '| fault | level | what the endpoint does | met at | found by |',
      '| --- | --- | --- | --- | --- |',
      ...list.map(writeRow),
      '',
    ]),
    '## Cases that alone find a fault',
    '',
    'Without one of these, a fault of the table is not found, and the build fails.',
    '',
    '| case | faults |',
    '| --- | --- |',
    ...[...findSoleCatches(proofs)].map(([id, faults]) => `| ${id} | ${faults.join(', ')} |`),
    '',
  ].join('\n');
}

function writeRow({ fault, catches }: Proof): string {
  const strict = catches.some(({ profile }) => profile === 'openai-spec-strict') ? ' (strict)' : '';
  const ids = catches.slice(0, named).map(({ row }) => row.id);
  const found =
    catches.length === 0 ? 'nothing' : `${ids.join(', ')}${catches.length > named ? ' and more' : ''}${strict}`;
  return `| ${fault.id} | ${fault.level} | ${escapeCell(fault.summary)} | ${fault.seen.map(shorten).join(', ')} | ${found} |`;
}

const escapeCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** An issue as GitHub writes it, with its address. */
function shorten(seen: string): string {
  const issue = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)$/.exec(seen);
  return issue === null ? seen : `[${issue[1] ?? ''}#${issue[2] ?? ''}](${seen})`;
}
