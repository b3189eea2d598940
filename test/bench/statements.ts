import type { Db } from '../../src/db/database.js';

/** Statements the server has carried out for clients since the last time, of all connections but this one's question. */
export class Statements {
  #last = 0;

  constructor(private readonly db: Db) {}

  async since(): Promise<number> {
    const [rows]: Array<Array<{ Value: string }>> = await this.db.raw("SHOW GLOBAL STATUS LIKE 'Questions'");
    const now = Number(rows?.[0]?.Value ?? 0);
    const since = now - this.#last - 1;
    this.#last = now;
    return since;
  }
}
