import { endOfPrefix, type Store } from './store.ts';

/** The part of pg that is used. */
interface Client {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: unknown[] }>;
  release(): void;
}

interface Pool {
  query: Client['query'];
  connect(): Promise<Client>;
  on(event: 'error', listener: (error: Error) => void): void;
  end(): Promise<void>;
}

/** Opens a store on a Postgres server; its table is made where it is missing. Throws an error that names the package when it is not installed. */
export async function openPostgresStore(url: string, now: () => number = Date.now): Promise<Store> {
  const pool = new (await loadPool())({ connectionString: url, max: 4 });
  // A broken idle connection must not end the app; the next query opens another or says what is wrong.
  pool.on('error', () => undefined);
  // Two processes that make the table at once: CREATE IF NOT EXISTS alone may still collide in the catalogue.
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(7237480119)');
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrate_llm (tenant text NOT NULL, key text COLLATE "C" NOT NULL, value text NOT NULL, expires_at bigint, PRIMARY KEY (tenant, key))',
    );
    await client.query(
      'CREATE INDEX IF NOT EXISTS migrate_llm_expiry ON migrate_llm (expires_at) WHERE expires_at IS NOT NULL',
    );
  });
  const live = '(expires_at IS NULL OR expires_at > $3)';

  return {
    async get(tenant, key) {
      const { rows } = await pool.query(`SELECT value FROM migrate_llm WHERE tenant = $1 AND key = $2 AND ${live}`, [
        tenant,
        key,
        now(),
      ]);
      return (rows[0] as { value: string } | undefined)?.value;
    },
    put: (tenant, entries) =>
      inTransaction(pool, async (client) => {
        // Writers that lock the same rows in one order cannot wait for each other in a circle.
        for (const { key, value, expiresAt } of [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)))
          if (value === null)
            await client.query('DELETE FROM migrate_llm WHERE tenant = $1 AND key = $2', [tenant, key]);
          else
            await client.query(
              'INSERT INTO migrate_llm (tenant, key, value, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at',
              [tenant, key, value, expiresAt],
            );
        await client.query(
          'DELETE FROM migrate_llm WHERE ctid IN (SELECT ctid FROM migrate_llm WHERE expires_at <= $1 LIMIT 500 FOR UPDATE SKIP LOCKED)',
          [now()],
        );
      }),
    async list(tenant, prefix, { limit, descending, after }) {
      const from = !descending && after !== undefined ? after : prefix;
      const to = descending && after !== undefined ? after : endOfPrefix(prefix);
      const { rows } = await pool.query(
        `SELECT key, value FROM migrate_llm WHERE tenant = $1 AND key > $2 AND ${live} AND key < $4 ORDER BY key ${descending ? 'DESC' : 'ASC'} LIMIT $5`,
        [tenant, from, now(), to, limit],
      );
      return rows as Array<{ key: string; value: string }>;
    },
    close: () => pool.end(),
  };
}

async function inTransaction(pool: Pool, act: (client: Client) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await act(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function loadPool(): Promise<new (options: { connectionString: string; max: number }) => Pool> {
  try {
    const pg = (await import('pg')) as unknown as { default: { Pool: new (options: object) => Pool } };
    return pg.default.Pool;
  } catch (cause) {
    throw new Error('a store of kind "postgres" needs the package pg: npm install pg', { cause });
  }
}
