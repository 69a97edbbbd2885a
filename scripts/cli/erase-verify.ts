import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { errorText, hasErrorCode } from '../../src/errors/guards.ts';
import { type CertificateBody, hostSchema } from '../../src/storage/erase/certificate/certificate-body.ts';
import { largestCertificateBytes, verifyCertificate } from '../../src/storage/erase/certificate/verify-certificate.ts';
import { disksFaults } from '../../src/storage/erase/certificate/verify-disks.ts';
import { type Verdict, verdictOn } from './erase-verdict.ts';

const exitHelp = `
Exit code, the first that fits:
  1  no certificate; changed after it was issued; signed by another key than the one given; a disk certificate
     that does not fit. Also when a file cannot be read
  2  whole, but signed by nobody: it proves nothing
  3  authentic, and it says that something is not sanitized: a failed erase, or metadata only
  0  authentic, and every disk in it is sanitized; disks that were left out of a machine are named
Without --public-key the signature is checked with the key that the certificate itself carries. Whoever changes a
certificate can sign it with a key of his own: compare the key id, or give the key that you trust.`;

interface VerifyFlags {
  readonly publicKey?: string;
  readonly certificates?: string;
}

/** `ironhand erase verify FILE` */
export function addEraseVerify(group: Command): void {
  group
    .command('verify')
    .description('Check an erase certificate: its form, its signature, and what it says of the disk or machine.')
    .argument('<file>', 'the certificate, *.json')
    .option('--public-key <file>', 'the Ed25519 key to trust, PEM ("BEGIN PUBLIC KEY")')
    .option('--certificates <dir>', 'for the certificate of a machine: where those of its disks are, by their ids')
    .addHelpText('after', exitHelp)
    .action((file: string, flags: VerifyFlags) => {
      const { lines, exitCode } = verifyFile(file, flags);
      process.stdout.write(`${lines.join('\n')}\n`);
      process.exitCode = exitCode;
    });
}

/** What the command says, and its exit code. Throws where a file cannot be read, and ConfigurationError for a key that is none. */
export function verifyFile(file: string, { publicKey, certificates }: VerifyFlags): Verdict {
  const trusted = publicKey === undefined ? null : readPublicKey(publicKey);
  const found = verifyCertificate(readCertificateFile(file), trusted);
  if (certificates === undefined || found.kind === 'invalid') return verdictOn(found, null);
  return verdictOn(found, faultsOfDisks(found.certificate, found.kind === 'signed', certificates, trusted));
}

function faultsOfDisks(
  certificate: CertificateBody,
  isSigned: boolean,
  directory: string,
  trusted: KeyObject | null,
): readonly string[] {
  if (certificate.schema !== hostSchema) {
    throw new ConfigurationError('--certificates: expected the certificate of a machine, found that of a disk');
  }
  const read = (id: string): Uint8Array | null => {
    try {
      return readCertificateFile(path.join(directory, `${id}.json`));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return null;
      throw error;
    }
  };
  return disksFaults({ certificate, isSigned }, read, trusted);
}

function readCertificateFile(file: string): Uint8Array {
  if (statSync(file).size > largestCertificateBytes) {
    throw new ConfigurationError(`${file}: expected a certificate, found more than ${largestCertificateBytes} bytes`);
  }
  return readFileSync(file);
}

function readPublicKey(file: string): KeyObject {
  const expected = 'expected a public Ed25519 key in PEM ("BEGIN PUBLIC KEY")';
  const pem = readFileSync(file, 'latin1');
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1] ?? null;
  if (label !== 'PUBLIC KEY') {
    throw new ConfigurationError(
      `--public-key: ${file}: ${expected}, found ${label === null ? 'no PEM' : `"BEGIN ${label}"`}`,
    );
  }
  const key = decoded(file, expected, pem);
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new ConfigurationError(`--public-key: ${file}: ${expected}, found one of type ${key.asymmetricKeyType}`);
}

function decoded(file: string, expected: string, pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    const found = `found one that cannot be decoded (${errorText(error)})`;
    throw new ConfigurationError(`--public-key: ${file}: ${expected}, ${found}`, { cause: error });
  }
}
