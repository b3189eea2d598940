/** A phone: an endpoint of the PBX, and a registration of the farm. */
export interface PhoneOptions {
  number: string;
  secret?: string;
  /** Address it registers from, 127.0.0.1 unless told; any 127.x.y.z. */
  address?: string;
  /** false: known to the PBX, but not registered until phone(number).register(). */
  registered?: boolean;
}

/** A queue of the PBX, of the template cc-queue of cc-queues.conf.sample. */
export interface QueueOptions {
  name: string;
  strategy?: string;
  /** Further lines for its section of queues.conf, for example `{ timeout: '5' }`. */
  extra?: Record<string, string>;
}

/** What startRig() builds. */
export interface RigOptions {
  extensions: PhoneOptions[];
  queues?: QueueOptions[];
  /** Number dialled by customers → queue. */
  dids?: Record<string, string>;
  /** Dialling prefixes of groups: the trunk takes them off a number before it looks at it. */
  prefixes?: string[];
  /** systemname of the PBX: Asterisk puts it before every Uniqueid. None unless told. */
  systemName?: string;
  /** Variables for the PBX's [globals]. */
  globals?: Record<string, string>;
  /** false: whoever is off hook says nothing, not a packet. Voice is most of what many calls at once cost. */
  voice?: boolean;
  /** Seconds between two qualifies of a phone by the PBX. */
  qualify?: number;
}

/** Where customers' calls come from, as seen by the PBX. */
export const trunkAddress = '127.0.9.1';

/** The PBX's own address. */
export const pbxAddress = '127.0.0.1';
