/** asterisk-manager 0.2.0 ships no types. Only what ami-connection.ts uses is declared. */
declare module 'asterisk-manager' {
  import type { NetConnectOpts } from 'node:net';

  /** `new Manager()` without a port opens nothing; every listener gets more arguments than are useful. */
  class Manager {
    constructor(port: undefined, host: undefined, username: string, secret: string);
    /** The first argument goes to net.createConnection as it is; the callback comes on success only. */
    connect(options: NetConnectOpts, host: undefined, callback: () => void): void;
    /** The callback gets the answer of a refused login, or nothing. */
    login(callback: (refused?: unknown) => void): void;
    /** Deletes `actionid` from the object it is given. */
    action(action: Record<string, string | Record<string, string>>, callback?: () => void): string;
    /** Sends FIN, nothing more. */
    disconnect(): void;
    on(event: 'rawevent', listener: (record: Record<string, unknown>) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'close', listener: () => void): void;
    emit(event: string, ...args: unknown[]): boolean;
    removeAllListeners(event: string): void;
  }
  export = Manager;
}
