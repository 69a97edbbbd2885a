import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv6, SocketAddress } from 'node:net';
import * as der from './tls-der.ts';

/** What a self-signed certificate has to say. */
export interface CertificateRequest {
  /** IP addresses, or names, under which the conductor reaches the agent. */
  readonly addresses: readonly string[];
  readonly hostname: string;
  readonly curve: 'p256' | 'p384' | 'p521';
  /** Seconds by which it is dated back, for a conductor whose clock is behind. */
  readonly clockSkewSeconds: number;
  readonly days: number;
}

/** A key and its certificate, both as PEM. */
export interface CertificatePair {
  readonly key: string;
  readonly certificate: string;
}

const curveNames = { p256: 'P-256', p384: 'P-384', p521: 'P-521' } as const;

const commonName = '2.5.4.3';
const subjectAltName = '2.5.29.17';
const ecdsaWithSha512 = '1.2.840.10045.4.3.4';

/** Longest common name (RFC 5280, ub-common-name), in characters. */
const longestCommonName = 64;

/**
 * A new key and a self-signed certificate (RFC 5280) for it, in the shape that ironic-python-agent makes: ECDSA with
 * SHA-512, the host name as subject and issuer, the addresses in a critical subjectAltName, no basic constraints.
 */
export function createAgentCertificate(request: CertificateRequest, now = new Date()): CertificatePair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curveNames[request.curve] });
  const content = unsignedCertificate(request, publicKey, now);
  const algorithm = der.sequence(der.objectIdentifier(ecdsaWithSha512));
  const certificate = der.sequence(content, algorithm, der.bitString(sign('sha512', content, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem('CERTIFICATE', certificate),
  };
}

function unsignedCertificate(request: CertificateRequest, publicKey: KeyObject, now: Date): Buffer {
  const name = der.sequence(
    der.set(
      der.sequence(
        der.objectIdentifier(commonName),
        der.utf8String(request.hostname.slice(0, longestCommonName) || 'ironhand'),
      ),
    ),
  );
  const start = now.getTime() - request.clockSkewSeconds * 1000;
  const end = now.getTime() + request.days * 86_400_000;
  return der.sequence(
    der.explicit(0, der.unsignedInteger(Buffer.from([2]))),
    der.unsignedInteger(randomBytes(16)),
    der.sequence(der.objectIdentifier(ecdsaWithSha512)),
    name,
    der.sequence(der.time(new Date(start)), der.time(new Date(end))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(alternativeNames(request.addresses))),
  );
}

function alternativeNames(addresses: readonly string[]): Buffer {
  const names = addresses.map((address) =>
    isIP(address) ? der.implicit(7, addressBytes(address)) : der.implicit(2, Buffer.from(address, 'ascii')),
  );
  const extension = der.sequence(...names);
  return der.sequence(der.objectIdentifier(subjectAltName), der.truth(true), der.octetString(extension));
}

/** 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  // The parser gives the canonical form, in which only '::' is left to be filled; an embedded IPv4 address is not.
  const canonical = new SocketAddress({ address: address.replace(/%.*$/, ''), family: 'ipv6' }).address;
  const [head = '', tail = ''] = canonical.split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':').flatMap(wordsOf));
  const [before, after] = [words(head), words(tail)];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}

/** One group of an IPv6 address, or the two that an embedded IPv4 address stands for. */
function wordsOf(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
