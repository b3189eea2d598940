import { type PhoneOptions, pbxAddress, type RigOptions, trunkAddress } from './options.js';
import type { PortBlock } from './ports.js';
import { modulesConf, quietFiles, rtpConf } from './shared-config.js';

/** Secret of the farm's only AMI user, "rig". */
export const farmSecret = 'rig-farm-1';

/** Configuration files of the phone farm: the phones, and the world behind the trunk. */
export function farmFiles(options: RigOptions, ports: PortBlock): Record<string, string> {
  return {
    ...quietFiles,
    'modules.conf': modulesConf(['app_bridgewait']),
    'rtp.conf': rtpConf(ports.farmRtp),
    'musiconhold.conf': '[default]\nmode = files\ndirectory = /usr/share/asterisk/sounds/en/silence\n',
    'manager.conf': managerConf(ports.farmAmi),
    'extensions.conf': extensionsConf(options),
    'pjsip.conf': pjsipConf(options, ports),
  };
}

/** Name of the farm's global variable that says what a phone does when it is called. */
export function behaviourVariable(number: string): string {
  return `BEHAVE_${number}`;
}

function managerConf(port: number): string {
  return `[general]
enabled = yes
bindaddr = 127.0.0.1
port = ${port}
[rig]
secret = ${farmSecret}
read = system,call
write = all
writetimeout = 5000
`;
}

// Phones come as explicit extensions, which win over the patterns of the trunk's numbers.
function extensionsConf({ extensions, prefixes = [], voice = true }: RigOptions): string {
  const phones = extensions.map(
    ({ number }) =>
      `exten => ${number},1,Set(B=\${GLOBAL(${behaviourVariable(number)})})\n same => n,Goto(desk-\${IF($["\${B}" = ""]?auto:\${B})},\${EXTEN},1)\n`,
  );
  const stripped = prefixes.map((prefix) => `exten => _${prefix}X!,1,Goto(from-pbx,\${EXTEN:${prefix.length}},1)\n`);
  return `[from-pbx]
${phones.join('')}${stripped.join('')}exten => _486!,1,Hangup(17)
exten => _503!,1,Hangup(34)
exten => _404!,1,Hangup(1)
exten => _603!,1,Hangup(21)
exten => _408!,1,Goto(desk-ring,\${EXTEN},1)
exten => _100!,1,Wait(600)
exten => _7XX!,1,Ringing()
 same => n,Wait(\${EXTEN:1:2})
 same => n,Goto(talk,\${EXTEN},1)
exten => _8XX!,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(\${EXTEN:1:2})
 same => n,Hangup(16)
exten => _[0-9*#+]!,1,Goto(desk-answer,\${EXTEN},1)

; a desk phone: rings until it is told to answer, but obeys a header that asks for automatic answer
[desk-auto]
exten => _[0-9*#+]!,1,Set(ALERT=\${PJSIP_HEADER(read,Alert-Info)})
 same => n,GotoIf($["\${ALERT}" =~ "auto-?answer"]?talk,\${EXTEN},1:desk-ring,\${EXTEN},1)
[desk-ring]
exten => _[0-9*#+]!,1,Ringing()
 same => n,Wait(600)
 same => n,Hangup(19)
[desk-answer]
exten => _[0-9*#+]!,1,Ringing()
 same => n,Wait(0.3)
 same => n,Goto(talk,\${EXTEN},1)
[desk-silent]
exten => _[0-9*#+]!,1,Wait(600)
[desk-busy]
exten => _[0-9*#+]!,1,Hangup(17)
[desk-reject]
exten => _[0-9*#+]!,1,Hangup(21)
[desk-congestion]
exten => _[0-9*#+]!,1,Hangup(34)
[desk-unavailable]
exten => _[0-9*#+]!,1,Hangup(20)

; whoever is off hook: says a tone, so that recordings have sound
[talk]
exten => _[0-9*#+]!,1,Answer()
${voice ? ' same => n,Playtones(440)\n' : ''} same => n,Wait(7200)
 same => n,Hangup(16)

; whose hold key was pressed: to indicate HOLD on a channel of an endpoint with moh_passthrough is a re-INVITE with sendonly,
; and to take it back when the channel leaves is one with sendrecv
[held]
exten => _[0-9*#+]!,1,BridgeWait(held-\${UNIQUEID},participant,e(h))
 same => n,Hangup(16)
`;
}

function pjsipConf({ extensions }: RigOptions, ports: PortBlock): string {
  const addresses = new Set([trunkAddress, ...extensions.map(addressOf)]);
  const transports = [...addresses].map(
    (address) => `[${transport(address)}]\ntype = transport\nprotocol = udp\nbind = ${address}:${ports.farmSip}\n`,
  );
  return `${transports.join('\n')}
[pbx]
type = endpoint
context = from-pbx
disallow = all
allow = ulaw
aors = pbx
direct_media = no
moh_passthrough = yes
[pbx]
type = aor
contact = sip:${pbxAddress}:${ports.pbxSip}
[pbx]
type = identify
endpoint = pbx
match = ${pbxAddress}

[trunk]
type = endpoint
transport = ${transport(trunkAddress)}
context = from-pbx
disallow = all
allow = ulaw
aors = pbx
direct_media = no

${extensions.map((phone) => registration(phone, ports)).join('\n')}`;
}

function registration(phone: PhoneOptions, ports: PortBlock): string {
  const { number, secret = number } = phone;
  const via = transport(addressOf(phone));
  return `[phone-${number}]
type = registration
transport = ${via}
outbound_auth = auth-${number}
server_uri = sip:${pbxAddress}:${ports.pbxSip}
client_uri = sip:${number}@${pbxAddress}:${ports.pbxSip}
contact_user = ${number}
expiration = 120
max_random_initial_delay = 0
retry_interval = 2
fatal_retry_interval = 2
forbidden_retry_interval = 2
[auth-${number}]
type = auth
auth_type = userpass
username = ${number}
password = ${secret}
[phone-${number}]
type = endpoint
transport = ${via}
context = from-pbx
disallow = all
allow = ulaw
aors = pbx
outbound_auth = auth-${number}
from_user = ${number}
direct_media = no
moh_passthrough = yes
`;
}

function addressOf(phone: PhoneOptions): string {
  return phone.address ?? '127.0.0.1';
}

function transport(address: string): string {
  return `from-${address.replaceAll('.', '-')}`;
}
