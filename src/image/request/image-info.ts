import joi from 'joi';
import { InvalidCommandParamsError } from '../../errors/catalogue.ts';

/** `image_info` as it travels: the keys that are read; the conductor sends more. null means not given. */
export interface WireImageInfo {
  readonly id: string;
  readonly urls: string[];
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly disk_format: string | null;
  readonly image_type: string | null;
  readonly node_uuid: string | null;
  readonly configdrive: string | object | null;
  readonly proxies: Readonly<Record<string, string | null>> | null;
  readonly no_proxy: string | null;
  readonly root_mb: number | null;
  readonly swap_mb: number | null;
  readonly ephemeral_mb: number | null;
  readonly ephemeral_format: string | null;
  readonly preserve_ephemeral: boolean | null;
  readonly deploy_boot_mode: string | null;
  readonly image_server_auth_strategy: string | null;
  readonly image_server_user: string | null;
  readonly image_server_password: string | null;
  readonly image_request_authorization: string | null;
}

/** What Ironic wants beside the file system of a partition image. Sizes in MiB. */
export interface RequestedPartitions {
  readonly rootMib: number;
  /** 0 for none. */
  readonly swapMib: number;
  /** 0 for none. */
  readonly ephemeralMib: number;
  /** File system of the ephemeral partition; null leaves the choice to us. */
  readonly ephemeralFormat: string | null;
  /** True keeps the partition table and the ephemeral partition as they are. */
  readonly preserveEphemeral: boolean;
}

/** What is to be written, and where it comes from. */
export interface ImageInfo {
  readonly id: string;
  /** Mirrors of one object, in order of preference. */
  readonly urls: readonly string[];
  /** Hex digest, or address of a checksum file. */
  readonly checksum: string | null;
  readonly osHashAlgo: string | null;
  /** Hex digest by `osHashAlgo`, or address of a checksum file. */
  readonly osHashValue: string | null;
  readonly diskFormat: string | null;
  /** Partitions to make around a file system image; null for an image of a whole disk. */
  readonly partitions: RequestedPartitions | null;
  /** Addresses of proxies by the scheme of what is fetched; null for none. */
  readonly proxies: { readonly http: string | null; readonly https: string | null };
  /** Hosts that no proxy is asked for, with commas, as in the environment variable of that name; null for none. */
  readonly noProxy: string | null;
  readonly auth: {
    /** `http_basic`, or anything else for none; null leaves it to the configuration. */
    readonly strategy: string | null;
    readonly user: string | null;
    readonly password: string | null;
    /** base64 of a whole Authorization value; wins over user and password. */
    readonly authorization: string | null;
  };
}

const mebibytes = (description: string): joi.NumberSchema =>
  joi.number().integer().min(0).empty([null, '']).default(null).description(description);

const optionalText = (description: string): joi.StringSchema =>
  joi.string().empty(null).default(null).description(description);

/** Schema of `image_info`: wrong types are named; what the conductor sends besides is let through. */
export const imageInfoSchema = joi
  .object<WireImageInfo, true>({
    id: joi.string().max(255).custom(refusePath).required().description('Identifier of the image.'),
    urls: joi
      .array()
      .items(joi.string().custom(refuseOtherSchemes))
      .min(1)
      .required()
      .description('Addresses (http, https) of the image, tried in order.'),
    checksum: optionalText('SHA-512, SHA-256 or MD5 digest in hex, or the address of a checksum file.'),
    os_hash_algo: optionalText('Hash algorithm of os_hash_value.'),
    os_hash_value: optionalText('Digest by os_hash_algo; wins over checksum.'),
    disk_format: optionalText('Format of the image: raw, qcow2, ...; what is in it must agree.'),
    image_type: optionalText('whole-disk or partition.'),
    node_uuid: optionalText('Node that the image is for.'),
    configdrive: joi.alternatives(joi.string(), joi.object()).empty(null).default(null).description('Config drive.'),
    proxies: joi
      .object()
      .pattern(joi.string(), joi.string().allow(null, ''))
      .empty(null)
      .default(null)
      .description('Proxies by scheme.'),
    no_proxy: optionalText('Hosts that no proxy is asked for, with commas.'),
    root_mb: mebibytes('Size of the root partition in MiB, of a partition image.'),
    swap_mb: mebibytes('Size of the swap partition in MiB, 0 for none.'),
    ephemeral_mb: mebibytes('Size of the ephemeral partition in MiB, 0 for none.'),
    ephemeral_format: optionalText('File system of the ephemeral partition.'),
    preserve_ephemeral: joi
      .boolean()
      .empty(null)
      .default(null)
      .description('Keep the partitions and the content of the ephemeral one.'),
    deploy_boot_mode: optionalText('bios or uefi; words the result only.'),
    image_server_auth_strategy: optionalText('http_basic, or none.'),
    image_server_user: optionalText('User for http_basic.'),
    image_server_password: optionalText('Password for http_basic.'),
    image_request_authorization: optionalText('base64 of the Authorization header to send.'),
  })
  .and('os_hash_algo', 'os_hash_value', { isPresent: (value: unknown) => value !== null && value !== undefined })
  .unknown();

/** The id may name a file one day (ironic-python-agent does): it must never lead elsewhere. */
function refusePath(id: string): string {
  if (id.includes('/') || id.includes('..') || id.includes('\0')) throw new Error('must not be a path');
  return id;
}

function refuseOtherSchemes(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new Error('must be an http or https address');
  return text;
}

/** Takes a validated `image_info` inside. Throws InvalidCommandParamsError for a partition image without its sizes. */
export function imageInfoFromWire(wire: WireImageInfo): ImageInfo {
  return {
    id: wire.id,
    urls: wire.urls,
    checksum: wire.checksum,
    osHashAlgo: wire.os_hash_algo,
    osHashValue: wire.os_hash_value,
    diskFormat: wire.disk_format,
    partitions: wire.image_type === 'partition' ? partitionsFromWire(wire) : null,
    proxies: { http: wire.proxies?.['http'] || null, https: wire.proxies?.['https'] || null },
    noProxy: wire.no_proxy,
    auth: {
      strategy: wire.image_server_auth_strategy,
      user: wire.image_server_user,
      password: wire.image_server_password,
      authorization: wire.image_request_authorization,
    },
  };
}

function partitionsFromWire(wire: WireImageInfo): RequestedPartitions {
  const required = (key: 'root_mb' | 'swap_mb' | 'ephemeral_mb'): number => {
    const value = wire[key];
    if (value === null) throw new InvalidCommandParamsError(`image ${wire.id} is a partition image without ${key}`);
    return value;
  };
  return {
    rootMib: required('root_mb'),
    swapMib: required('swap_mb'),
    ephemeralMib: required('ephemeral_mb'),
    ephemeralFormat: wire.ephemeral_format,
    preserveEphemeral: wire.preserve_ephemeral ?? false,
  };
}
