import type { AddressInfo } from 'node:net';
import smpp from 'smpp';

/** A short message centre (SMPP 3.4) in a process of its own: `node --import tsx smpp-centre.ts`. Speaks to its parent by messages. */
export interface TakenPart {
  destination: string;
  source: string;
  coding: number;
  /** 0 = no user data header. */
  esmClass: number;
  udh: number[];
  text: string;
}
export type CentreAsked = { mood: 'takes' | 'busy' | 'refuses-number' | 'silent' | 'drops-second' } | { parts: true };
export type CentreTold = { port: number } | { parts: TakenPart[] } | { done: true };

let mood: string = 'takes';
let parts: TakenPart[] = [];

const server = smpp.createServer((session) => {
  session.on('error', () => undefined);
  session.on('bind_transceiver', (pdu) => {
    const known = pdu.system_id === 'zuoxi' && pdu.password === 'secret';
    session.send(pdu.response(known ? {} : { command_status: smpp.errors.ESME_RINVPASWD }));
  });
  session.on('submit_sm', (pdu) => {
    if (mood === 'silent') return;
    if (mood === 'busy') return void session.send(pdu.response({ command_status: smpp.errors.ESME_RTHROTTLED }));
    if (mood === 'refuses-number')
      return void session.send(pdu.response({ command_status: smpp.errors.ESME_RINVDSTADR }));
    if (mood === 'drops-second' && parts.length === 1) return session.destroy();
    const { udh, message } = pdu.short_message as { udh?: Buffer[]; message: string };
    parts.push({
      destination: String(pdu.destination_addr),
      source: String(pdu.source_addr),
      coding: Number(pdu.data_coding),
      esmClass: Number(pdu.esm_class),
      udh: (udh ?? []).flatMap((one) => [...one]),
      text: message,
    });
    session.send(pdu.response({ message_id: `m${parts.length}` }));
  });
  session.on('unbind', (pdu) => {
    session.send(pdu.response());
    session.close();
  });
});

const tell = (message: CentreTold): void => void process.send?.(message);
process.on('message', (asked: CentreAsked) => {
  if ('parts' in asked) tell({ parts });
  else {
    mood = asked.mood;
    parts = [];
    tell({ done: true });
  }
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
