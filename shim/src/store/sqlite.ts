import { endOfPrefix, type Store } from './store.ts';

/** The part of libsql (better-sqlite3's interface) that is used. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): {
    get(...values: readonly unknown[]): unknown;
    all(...values: readonly unknown[]): unknown[];
    run(...values: readonly unknown[]): unknown;
  };
  close(): void;
}

type DatabaseClass = new (path: string) => Database;

/** Opens a store in a SQLite file; several processes may share it. Throws an error that names the package when it is not installed. */
export async function openSqliteStore(path: string, now: () => number = Date.now): Promise<Store> {
  const db = new (await loadLibsql())(path);
  // A write that was acknowledged is on the disk, and a second process waits for the lock instead of failing.
  db.exec('PRAGMA busy_timeout = 10000');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE IF NOT EXISTS migrate_llm (tenant TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires_at INTEGER, PRIMARY KEY (tenant, key)) WITHOUT ROWID',
  );
  db.exec('CREATE INDEX IF NOT EXISTS migrate_llm_expiry ON migrate_llm (expires_at) WHERE expires_at IS NOT NULL');
  const live = '(expires_at IS NULL OR expires_at > ?)';
  const read = db.prepare(`SELECT value FROM migrate_llm WHERE tenant = ? AND key = ? AND ${live}`);
  const write = db.prepare('INSERT OR REPLACE INTO migrate_llm (tenant, key, value, expires_at) VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM migrate_llm WHERE tenant = ? AND key = ?');
  const expire = db.prepare('DELETE FROM migrate_llm WHERE expires_at <= ?');
  const listing = (order: 'ASC' | 'DESC') =>
    db.prepare(
      `SELECT key, value FROM migrate_llm WHERE tenant = ? AND key > ? AND key < ? AND ${live} ORDER BY key ${order} LIMIT ?`,
    );
  const ascending = listing('ASC');
  const descending = listing('DESC');

  return {
    async get(tenant, key) {
      return (read.get(tenant, key, now()) as { value: string } | undefined)?.value;
    },
    async put(tenant, entries) {
      // IMMEDIATE takes the write lock at once: two writers queue up instead of one failing at its end.
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const { key, value, expiresAt } of entries)
          if (value === null) remove.run(tenant, key);
          else write.run(tenant, key, value, expiresAt);
        expire.run(now());
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    async list(tenant, prefix, { limit, descending: backwards, after }) {
      const from = !backwards && after !== undefined ? after : prefix;
      const to = backwards && after !== undefined ? after : endOfPrefix(prefix);
      return (backwards ? descending : ascending).all(tenant, from, to, now(), limit) as Array<{
        key: string;
        value: string;
      }>;
    },
    async close() {
      db.close();
    },
  };
}

async function loadLibsql(): Promise<DatabaseClass> {
  try {
    return ((await import('libsql')) as unknown as { default: DatabaseClass }).default;
  } catch (cause) {
    throw new Error('a store of kind "sqlite" needs the package libsql: npm install libsql', { cause });
  }
}
