import { openSqliteStore } from './sqlite.ts';

// Writes pairs of entries as fast as it can and says each pair's number once it is acknowledged, until it is killed or has written `count`.
const [path = '', name = '', count = '1000000'] = process.argv.slice(2);
const store = await openSqliteStore(path);
for (let index = 0; index < Number(count); index += 1) {
  const key = `${name}/${String(index).padStart(8, '0')}`;
  await store.put('t', [
    { key: `a/${key}`, value: key, expiresAt: null },
    { key: `b/${key}`, value: key, expiresAt: null },
  ]);
  process.stdout.write(`${index}\n`);
}
await store.close();
