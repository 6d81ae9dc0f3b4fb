import { type Caller, configGet, configSet } from './commands.ts';

/** What Redis calls its snapshot when nobody says otherwise. */
const USUAL_NAME = 'dump.rdb';

/**
 * Begins to save the data to another file in Redis' directory. Rejects when Redis may not be told the name (since 7.0 it has to
 * be started with `enable-protected-configs yes`) or another child of it writes at the moment. The child that saves takes
 * the name with it when it is forked, so Redis has its usual one back before the save ends, whatever becomes of it or of us:
 * the three commands go in one packet, and Redis executes what it reads of one client without a break.
 * https://redis.io/docs/latest/commands/bgsave/
 */
export const backgroundSaveAs = async (caller: Caller, file: string, timeoutMs: number): Promise<void> => {
  const name = (await configGet(caller, 'dbfilename', timeoutMs)).get('dbfilename') ?? USUAL_NAME;
  const usual = { parameter: 'dbfilename', value: name === file ? USUAL_NAME : name };
  await configSet(caller, usual, timeoutMs);
  await Promise.all([
    configSet(caller, { parameter: 'dbfilename', value: file }, timeoutMs),
    caller.call(['BGSAVE'], timeoutMs),
    configSet(caller, usual, timeoutMs),
  ]);
};
