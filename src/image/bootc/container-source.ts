import { InvalidCommandParamsError } from '../../errors/catalogue.ts';

/** A container image in a registry. */
export interface ContainerSource {
  /** Host, and port where one is given: what credentials are for. */
  readonly registry: string;
  /** As podman takes it, without a scheme. */
  readonly image: string;
}

/** registry/repository, then a tag or a digest (OCI Distribution Specification 1.1, "Pulling manifests"). */
const form =
  /^(?:oci|docker):\/\/(([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)\/[a-z0-9][a-z0-9._/-]*(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?)$/i;

/** Throws InvalidCommandParamsError. */
export function parseContainerSource(address: string): ContainerSource {
  const [, image, registry] = form.exec(address) ?? [];
  if (image !== undefined && registry !== undefined) return { image, registry };
  const shown = JSON.stringify(address.replace(/\/\/.*@(?!sha256:)/, '//***@').slice(0, 200));
  throw new InvalidCommandParamsError(`image_source: expected oci://registry/repository:tag, got ${shown}`);
}

/**
 * The file by which podman logs in (containers-auth.json(5)), for one registry. The secret is base64: of user:password, of that in
 * base64 once more, or of such a file. Throws InvalidCommandParamsError, which never tells the secret.
 */
export function authFileText(pullSecret: string, registry: string): string {
  const decoded = Buffer.from(pullSecret.trim(), 'base64').toString();
  if (decoded.startsWith('{')) return decoded;
  const pair = [decoded, Buffer.from(decoded, 'base64').toString()].find((text) =>
    /^[\x21-\x39\x3b-\x7e]+:[\x20-\x7e]+$/.test(text),
  );
  if (pair === undefined) {
    throw new InvalidCommandParamsError(
      'pull secret: expected base64 of user:password or of a containers-auth.json, got neither',
    );
  }
  return JSON.stringify({ auths: { [registry]: { auth: Buffer.from(pair).toString('base64') } } });
}
