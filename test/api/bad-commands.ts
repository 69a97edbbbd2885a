import { type BadRequest, commandRow } from './bad-request.ts';

const incomplete = [400, /^400 Bad Request: Missing or invalid name or params$/] as const;
const noForm = [400, /^Invalid command: Command name '.{0,100}' must be of the form extension\.name$/s] as const;
const unknown = (short: RegExp) =>
  [400, new RegExp(`^Invalid command: Unknown command: ${short.source}$`, 's')] as const;
const noExtension = (name: RegExp) =>
  [404, new RegExp(`^Not found: Extension with id ${name.source} not found\\.$`, 's')] as const;
const invalid = (what: RegExp) => [400, new RegExp(`^Invalid command parameters: .*${what.source}`, 's')] as const;

const node = { uuid: '1', properties: {}, instance_info: {} };
const step = { step: 'erase_devices_metadata', interface: 'deploy' };
const image = { id: 'a1', urls: ['http://127.0.0.1:9/disk.raw'], checksum: 'd41d8cd98f00b204e9800998ecf8427e' };

/** Names that are none, or nobody's. */
const names: readonly BadRequest[] = [
  ...[42, null, true, ['standby.sync'], { standby: 'sync' }].map((name) =>
    commandRow(`the name ${JSON.stringify(name)}`, name, {}, incomplete),
  ),
  ...[null, [], 'x', 7, true].map((params) =>
    commandRow(`the params ${JSON.stringify(params)}`, 'standby.sync', params, incomplete),
  ),
  commandRow('an empty name', '', {}, noForm),
  commandRow('a name without a dot', 'get_clean_steps', {}, noForm),
  commandRow('a name with a line break', 'a\nb', {}, noForm),
  commandRow('a name of 1 MiB', 'x'.repeat(1 << 20), {}, noForm),
  commandRow('an extension of 1 MiB', `${'x'.repeat(1 << 20)}.y`, {}, noForm),
  commandRow('a dot', '.', {}, noExtension(/()/)),
  commandRow('a name without an extension', '.get_clean_steps', {}, noExtension(/()/)),
  commandRow('a name without a command', 'clean.', {}, unknown(/()/)),
  commandRow('two dots', 'clean..get_clean_steps', {}, unknown(/\.get_clean_steps/)),
  commandRow('more after the name', 'clean.get_clean_steps.x', {}, unknown(/get_clean_steps\.x/)),
  commandRow('a blank after the name', 'clean.get_clean_steps ', {}, unknown(/get_clean_steps /)),
  commandRow('a NUL after the name', 'clean.get_clean_steps\0', {}, unknown(/get_clean_steps\0/)),
  commandRow('a blank before the name', ' clean.get_clean_steps', {}, noExtension(/ clean/)),
  commandRow('a name in capitals', 'CLEAN.GET_CLEAN_STEPS', {}, noExtension(/CLEAN/)),
  commandRow('a name in another script', 'сlean.get_clean_steps', {}, noExtension(/сlean/)),
  commandRow('a name of pictures', '💥.🚀', {}, noExtension(/💥/)),
  commandRow('a path as a name', '../../etc/passwd', {}, noExtension(/()/)),
  commandRow('a property of every object as an extension', 'constructor.name', {}, noExtension(/constructor/)),
  commandRow('a property of every object as a command', 'clean.toString', {}, unknown(/toString/)),
  commandRow('__proto__ as a command', 'clean.__proto__', {}, unknown(/__proto__/)),
  commandRow('a command of old agents', 'iscsi.start_iscsi_target', { iqn: 'iqn.x' }, noExtension(/iscsi/)),
  commandRow('a command that was removed', 'standby.cache_image', { image_info: image }, unknown(/cache_image/)),
];

const about = (name: string, node: unknown, ports: unknown, what: RegExp): BadRequest =>
  commandRow(name, 'clean.get_clean_steps', { node, ports }, invalid(what));

const stepped = (name: string, params: object, what: RegExp): BadRequest =>
  commandRow(name, 'clean.execute_clean_step', { node, ports: [], step, ...params }, invalid(what));

/** Parameters of the wrong type or without what they need. */
const parameters: readonly BadRequest[] = [
  commandRow('no node', 'clean.get_clean_steps', { ports: [] }, invalid(/'node' is required/)),
  commandRow('no ports', 'clean.get_clean_steps', { node }, invalid(/'ports' is required/)),
  about('null as a node', null, [], /'node' must be of type object/),
  about('a text as a node', 'node-1', [], /'node' must be of type object/),
  about('a list as a node', [node], [], /'node' must be of type object/),
  about('a node without a uuid', {}, [], /'node\.uuid' is required/),
  about('a number as a uuid', { uuid: 1 }, [], /'node\.uuid' must be a string/),
  about('a text as properties', { uuid: '1', properties: 'x' }, [], /'node\.properties' must be of type object/),
  about('a text as ports', node, 'x', /'ports' must be one of/),
  about('numbers as ports', node, [1, 2], /'ports.*' must be/),
  stepped('no step', { step: undefined }, /'step' is required/),
  stepped('null as a step', { step: null }, /'step' must be of type object/),
  stepped('a text as a step', { step: 'erase_devices' }, /'step' must be of type object/),
  stepped('a step without a name', { step: { interface: 'deploy' } }, /'step\.step' is required/),
  stepped('a number as the name of a step', { step: { step: 7 } }, /'step\.step' must be a string/),
  stepped('an empty name of a step', { step: { step: '' } }, /'step\.step' is not allowed to be empty/),
  stepped('a list as arguments', { step: { ...step, args: [1] } }, /'step\.args' must be of type object/),
  stepped('a text as versions', { clean_version: '1.0' }, /'clean_version' must be of type object/),
  stepped('numbers as versions', { clean_version: { x: 1 } }, /'clean_version\.x' must be a string/),
  commandRow('a parameter nobody has', 'standby.sync', { force: true }, invalid(/'force' is not allowed/)),
  commandRow('a parameter named self', 'standby.power_off', { self: 1 }, invalid(/'self' is not allowed/)),
  commandRow(
    'a parameter named command_name',
    'standby.get_partition_uuids',
    { command_name: 'x' },
    invalid(/'command_name' is not allowed/),
  ),
  commandRow('no root_uuid', 'image.install_bootloader', {}, invalid(/'root_uuid' is required/)),
  commandRow('a number as root_uuid', 'image.install_bootloader', { root_uuid: 1 }, invalid(/'root_uuid' must be/)),
  commandRow(
    'a text as a truth',
    'image.install_bootloader',
    { root_uuid: null, ignore_bootloader_failure: 'yes' },
    invalid(/'ignore_bootloader_failure' must be a boolean/),
  ),
];

const prepared = (name: string, change: object, what: RegExp): BadRequest =>
  commandRow(name, 'standby.prepare_image', { image_info: { ...image, ...change } }, invalid(what));

/** Images that lead elsewhere or are none. */
const images: readonly BadRequest[] = [
  commandRow('no image', 'standby.prepare_image', {}, invalid(/'image_info' is required/)),
  commandRow('a text as an image', 'standby.prepare_image', { image_info: 'x' }, invalid(/must be of type object/)),
  commandRow(
    'a number as a config drive',
    'standby.prepare_image',
    { image_info: image, configdrive: 5 },
    invalid(/'configdrive' must be/),
  ),
  ...['../../etc', '/etc/passwd', 'a/b', '..', 'a\0b'].map((id) =>
    prepared(`the image id ${JSON.stringify(id)}`, { id }, /'image_info\.id' .*must not be a path/),
  ),
  prepared('no image id', { id: undefined }, /'image_info\.id' is required/),
  prepared('a number as an image id', { id: 5 }, /'image_info\.id' must be a string/),
  prepared('an image id of 10,000 characters', { id: 'x'.repeat(10_000) }, /'image_info\.id' length must be/),
  prepared('no addresses', { urls: undefined }, /'image_info\.urls' is required/),
  prepared('an empty list of addresses', { urls: [] }, /'image_info\.urls' must contain at least 1 items/),
  prepared('a text as addresses', { urls: 'http://127.0.0.1/' }, /'image_info\.urls' must be an array/),
  prepared('a number as an address', { urls: [1] }, /'image_info\.urls\[0\]' must be a string/),
  ...['file:///etc/shadow', 'ftp://127.0.0.1/x', 'gopher://127.0.0.1/', '/etc/shadow', 'http://'].map((url) =>
    prepared(`the address ${url}`, { urls: [url] }, /'image_info\.urls\[0\]' .*must be an http or https address/),
  ),
  prepared('a number as a checksum', { checksum: 1 }, /'image_info\.checksum' must be a string/),
  prepared('a hash without its algorithm', { os_hash_value: 'ab' }, /without its required peers \[os_hash_algo\]/),
];

/** Commands that do not exist, or with parameters that they do not take. */
export const badCommands: readonly BadRequest[] = [...names, ...parameters, ...images];
