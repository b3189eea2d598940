import { channelFacts, memberFacts } from './ami-events.js';
import { type AmiFields, type AmiSender, flag, number, text } from './ami-record.js';
import type { PbxPicture } from './events.js';
import { listContacts } from './pbx-phone.js';

/**
 * Reads the whole PBX through list actions (telephony.md 1.17), for every connect and for 话务刷新. Events must be held meanwhile
 * (AmiClient.holdEvents): the lists are not of one moment. Throws TelephonyDown, and PbxRefused when the action user lacks a class.
 */
export async function readPicture(ami: AmiSender, now: () => number): Promise<PbxPicture> {
  const at = now();
  const [startedAt, channels, rooms, queues, devices, contacts] = await Promise.all([
    readStart(ami, at),
    readChannels(ami),
    readRooms(ami),
    readQueues(ami),
    readDevices(ami),
    listContacts(ami),
  ]);
  return {
    at,
    startedAt,
    channels,
    rooms,
    ...queues,
    devices,
    contacts: contacts ?? [],
    contactsKnown: contacts !== null,
  };
}

/** The live channels alone: for one agent's 话务刷新 and for the check of stuck calls. */
export async function readChannels(ami: AmiSender): Promise<PbxPicture['channels']> {
  const items = await ami.list({ name: 'CoreShowChannels' });
  return items.flatMap((item) => {
    const facts = channelFacts(item);
    if (facts === null) return [];
    return {
      ...facts,
      bridgeId: text(item, 'bridgeid'),
      application: text(item, 'application'),
      applicationData: text(item, 'applicationdata'),
      durationSeconds: clockSeconds(text(item, 'duration')),
    };
  });
}

/** One queue's members and callers, or all. */
export async function readQueues(
  ami: AmiSender,
  queue?: string,
): Promise<Pick<PbxPicture, 'queues' | 'members' | 'callers'>> {
  const items = await ami.list({ name: 'QueueStatus', headers: queue === undefined ? {} : { Queue: queue } });
  const read: Pick<PbxPicture, 'queues' | 'members' | 'callers'> = { queues: [], members: [], callers: [] };
  for (const item of items) {
    if (item.event === 'QueueParams') read.queues.push(text(item, 'queue'));
    else if (item.event === 'QueueMember') read.members.push(memberOf(item));
    else if (item.event === 'QueueEntry') read.callers.push(callerOf(item));
  }
  return read;
}

/** Here, unlike in the QueueMember* events, a member is called `Name` and its interface `Location`. */
function memberOf(item: AmiFields): PbxPicture['members'][number] {
  return {
    queue: text(item, 'queue'),
    memberName: text(item, 'name'),
    interface: text(item, 'location'),
    ...memberFacts(item),
    loginTime: number(item, 'logintime'),
  };
}

function callerOf(item: AmiFields): PbxPicture['callers'][number] {
  return {
    queue: text(item, 'queue'),
    uniqueid: text(item, 'uniqueid'),
    channelName: text(item, 'channel'),
    position: number(item, 'position'),
    waitSeconds: number(item, 'wait'),
  };
}

async function readRooms(ami: AmiSender): Promise<PbxPicture['rooms']> {
  const rooms = await ami.list({ name: 'ConfbridgeListRooms' });
  const people = await Promise.all(rooms.map((room) => readRoom(ami, text(room, 'conference'))));
  return people.flat();
}

async function readRoom(ami: AmiSender, room: string): Promise<PbxPicture['rooms']> {
  const items = await ami.list({ name: 'ConfbridgeList', headers: { Conference: room } });
  return items.map((item) => ({
    room,
    uniqueid: text(item, 'uniqueid'),
    channelName: text(item, 'channel'),
    marked: flag(item, 'markeduser'),
  }));
}

async function readDevices(ami: AmiSender): Promise<PbxPicture['devices']> {
  const items = await ami.list({ name: 'DeviceStateList' });
  return items.map((item) => ({ device: text(item, 'device'), state: text(item, 'state') }));
}

/**
 * CoreStatus tells the start in the PBX's own local time, without a zone; the difference to its reload stamp is useless. So: the
 * uptime, from the PBX's own clock where it tells it.
 */
async function readStart(ami: AmiSender, at: number): Promise<number> {
  const { fields } = await ami.send({ name: 'CoreStatus' });
  const date = fields.corestartupdate ?? '';
  const time = fields.corestartuptime ?? '';
  const read = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(read) ? at : read;
}

/** `01:02:03` → 3723. */
function clockSeconds(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + (Number(part) || 0), 0);
}
